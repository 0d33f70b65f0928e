import { createCipheriv, createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Answer, Exchange } from './exchange.ts';
import type { PublishedFile, PublishedRelease } from './release-catalogue.ts';

/** What can be wrong with the files of the releases. Nothing is, unless it is set. */
export interface FileTrouble {
  /** Bytes a second for each download. */
  bytesPerSecond?: number;
  /** The `digest` that the API tells. */
  digest?: 'absent' | 'wrong';
  /** The checksum file: not there, or of other files. */
  checksums?: 'absent' | 'wrong';
  /** One byte in the middle is another than announced. */
  altered?: boolean;
  /** The file is served as if it had only this many bytes. */
  truncateTo?: number;
  /** The connection breaks off after this many bytes of an answer. */
  breakAfter?: number;
  /** This many bytes more (negative: fewer) than announced, without a Content-Length. */
  excess?: number;
  /** Range requests are answered with the whole file. */
  ignoreRange?: boolean;
}

export interface ReleaseFiles {
  trouble: FileTrouble;
  /** Other bytes under the same names from now on, as when a maintainer uploads a file again. */
  replaceAll(): void;
  size(release: PublishedRelease, file: PublishedFile): number;
  /** `sha256:…`, or null, as the API tells it. */
  digest(release: PublishedRelease, file: PublishedFile): string | null;
  /** The true SHA-256, hex. */
  sha256(release: PublishedRelease, file: PublishedFile): string;
  /** Whether the file is there at all. */
  listed(file: PublishedFile): boolean;
  /** The file over HTTP (RFC 9110 §14), with Range and If-Range. */
  serve(exchange: Exchange, release: PublishedRelease, file: PublishedFile): Answer;
}

const CHUNK = 65_536;
const AES_BLOCK = 16;

/**
 * The bytes of the release files. They are a key stream (AES-256-CTR over zeros, keyed by tag and name): reproducible,
 * incompressible, and readable from any offset, so that no file is ever held in memory.
 */
export function createReleaseFiles({ clock }: { clock: Clock }): ReleaseFiles {
  const digests = new Map<string, string>();
  let edition = 0;

  const keyOf = (release: PublishedRelease, file: PublishedFile) => `${edition} ${release.tag} ${file.name}`;

  const files: ReleaseFiles = {
    trouble: {},
    replaceAll() {
      edition += 1;
    },
    size(release, file) {
      return 'noise' in file.content ? file.content.noise : textOf(release, file).byteLength;
    },
    digest(release, file) {
      if (files.trouble.digest === 'absent') return null;
      return `sha256:${files.trouble.digest === 'wrong' ? 'f'.repeat(64) : files.sha256(release, file)}`;
    },
    sha256(release, file) {
      const key = keyOf(release, file);
      const known = digests.get(key);
      if (known !== undefined) return known;
      const hash = createHash('sha256');
      for (const chunk of read(release, file, 0, files.size(release, file))) hash.update(chunk);
      const sha256 = hash.digest('hex');
      // The checksum file changes with its trouble; only noise is worth remembering.
      if ('noise' in file.content) digests.set(key, sha256);
      return sha256;
    },
    listed: (file) => !('checksums' in file.content && files.trouble.checksums === 'absent'),
    serve(exchange, release, file) {
      const { trouble } = files;
      const whole = files.size(release, file);
      const size = Math.min(whole, trouble.truncateTo ?? whole);
      const etag = `"${files.sha256(release, file).slice(0, 32)}"`;
      const common = {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename=${file.name}`,
        'accept-ranges': 'bytes',
        etag,
      };
      const ifRange = exchange.headers['if-range'];
      const range = trouble.ignoreRange || (ifRange !== undefined && ifRange !== etag) ? null : rangeOf(exchange, size);
      if (range === 'unsatisfiable') return { status: 416, headers: { ...common, 'content-range': `bytes */${size}` } };
      const { start, end } = range ?? { start: 0, end: size };
      const excess = trouble.excess ?? 0;
      const length = end - start + excess;
      return {
        status: range ? 206 : 200,
        headers: {
          ...common,
          ...(excess !== 0 ? {} : { 'content-length': String(length) }),
          ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
        },
        body: stream(read(release, file, start, start + length), start, Math.floor(whole / 2)),
      };
    },
  };

  function textOf(release: PublishedRelease, file: PublishedFile): Uint8Array {
    if ('text' in file.content) return Buffer.from(file.content.text);
    const lines = (release.files ?? [])
      .filter((other) => !('checksums' in other.content))
      .map((other) => {
        const sha256 = files.trouble.checksums === 'wrong' ? 'e'.repeat(64) : files.sha256(release, other);
        return `${sha256}  ${other.name}\n`;
      });
    return Buffer.from(lines.join(''));
  }

  function* read(release: PublishedRelease, file: PublishedFile, start: number, end: number): Generator<Uint8Array> {
    if (!('noise' in file.content)) {
      yield textOf(release, file).subarray(start, end);
      return;
    }
    const key = createHash('sha256').update(keyOf(release, file)).digest();
    const counter = Buffer.alloc(AES_BLOCK);
    counter.writeBigUInt64BE(BigInt(Math.floor(start / AES_BLOCK)), 8);
    const cipher = createCipheriv('aes-256-ctr', key, counter);
    cipher.update(Buffer.alloc(start % AES_BLOCK));
    for (let at = start; at < end; at += CHUNK) yield cipher.update(Buffer.alloc(Math.min(CHUNK, end - at)));
  }

  async function* stream(chunks: Iterable<Uint8Array>, start: number, middle: number): AsyncGenerator<Uint8Array> {
    let at = start;
    for (const chunk of chunks) {
      const { bytesPerSecond, breakAfter, altered } = files.trouble;
      if (altered && middle >= at && middle < at + chunk.length) chunk[middle - at] = (chunk[middle - at] ?? 0) ^ 1;
      const left = breakAfter === undefined ? chunk.length : breakAfter - (at - start);
      if (left < chunk.length) {
        yield chunk.subarray(0, left);
        throw new Error('the connection breaks off here');
      }
      yield chunk;
      at += chunk.length;
      if (bytesPerSecond !== undefined) await clock.sleep((chunk.length / bytesPerSecond) * 1000);
    }
  }

  return files;
}

function rangeOf(exchange: Exchange, size: number): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(exchange.headers.range ?? '');
  if (!match) return null;
  const start = Number(match[1]);
  const end = match[2] ? Math.min(Number(match[2]) + 1, size) : size;
  return start < end ? { start, end } : 'unsatisfiable';
}
