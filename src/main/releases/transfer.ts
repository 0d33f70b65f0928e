import { type FileHandle, open } from 'node:fs/promises';
import { AppError, hasCode } from '../core/errors.ts';
import { toFileError } from '../core/file-error.ts';
import type { HttpLimits } from '../core/http-client.ts';
import type { DownloadFolder, Wanted } from './download-folder.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/** Files may be large and connections slow; one on which nothing arrives is dead, whatever the system believes. */
const LIMITS: HttpLimits = { totalMs: null, idleMs: 30_000, maxBytes: Number.POSITIVE_INFINITY };

/** How one connection ended: with the whole file, or in a way that another connection can go on from. */
export type TransferEnd = { whole: true } | { whole: false; trouble: AppError };

/**
 * Brings the missing bytes of a file over one connection, from where the last one ended (RFC 9110 §14.2, §13.1.5).
 *
 * @param parts.onBytes told the size of the part after each write
 * @throws AppError `checksum_mismatch` if the file is not of the announced size, `download_failed` if it cannot be had,
 *   `disk_full`, `data_folder_unusable`; the signal's reason when it aborts
 */
export async function transfer(
  file: Wanted,
  parts: {
    folder: DownloadFolder;
    fetch: ProviderFetch;
    signal: AbortSignal;
    onBytes: (received: number) => void;
  },
): Promise<TransferEnd> {
  const { folder, fetch, signal, onBytes } = parts;
  const known = await folder.progress(file);
  const from = known?.progress.etag ? known.received : 0;
  await folder.prepare(file, file.size - from);
  if (known && known.received === file.size) return { whole: true };

  let answer: Response | null = null;
  try {
    const ask = (headers: Record<string, string>) => fetch(file.url, { headers, signal, limits: LIMITS });
    answer = await ask(headersFor(from, known?.progress.etag));
    let start = startOf(answer, from, file);
    if (start === null) {
      await answer.body?.cancel();
      answer = await ask(headersFor(0));
      start = startOf(answer, 0, file) ?? 0;
    }
    const etag = strong(answer.headers.get('etag'));
    const received = await write(answer, {
      path: folder.partPath(file),
      start,
      most: file.size,
      onBytes,
      opened: () =>
        folder.saveProgress(file, { etag, size: file.size, sha256: file.checksum?.sha256 ?? null, wanted: true }),
    });
    if (received < file.size) throw wrongSize(file, `only ${received}`);
    return { whole: true };
  } catch (error) {
    if (answer?.body && !answer.bodyUsed) await answer.body.cancel();
    if (!hasCode(error, 'offline')) throw error;
    const trouble = new AppError('download_failed', 'The connection broke off before the file was complete.', {
      cause: error,
    });
    return { whole: false, trouble };
  }
}

function headersFor(from: number, etag?: string | null): Record<string, string> {
  // Compressed on the way, the bytes could neither be counted nor continued.
  const headers = { accept: 'application/octet-stream', 'accept-encoding': 'identity' };
  return from > 0 && etag ? { ...headers, range: `bytes=${from}-`, 'if-range': etag } : headers;
}

/** Where the bytes of this answer belong; null: the part that we have is of no use any more. */
function startOf(answer: Response, asked: number, file: Wanted): number | null {
  const { status, headers } = answer;
  if (asked > 0 && status === 416) return null;
  if (asked > 0 && status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
    const fits = Number(range?.[1]) === asked && (range?.[2] === '*' || Number(range?.[2]) === file.size);
    return fits ? asked : null;
  }
  if (status !== 200) {
    throw new AppError('download_failed', `GitHub did not hand out ${file.name} (status ${status}).`);
  }
  if (headers.get('content-type')?.startsWith('text/html')) {
    throw new AppError('download_failed', `A web page came in the place of ${file.name}, perhaps from a proxy.`);
  }
  const length = headers.get('content-length');
  if (length !== null && !headers.has('content-encoding') && Number(length) !== file.size)
    throw wrongSize(file, length);
  return 0;
}

interface Target {
  path: string;
  /** Bytes of the part that stay. */
  start: number;
  /** The announced size. */
  most: number;
  /**
   * Called when the part holds `start` bytes. Only then may its new validator be written down: beside bytes of an older
   * edition it would let the next run join two files.
   */
  opened: () => void;
  onBytes: (received: number) => void;
}

/** Writes the body behind `start`. @returns the size of the part */
async function write(answer: Response, { path, start, most, opened, onBytes }: Target): Promise<number> {
  const onDisk = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw toFileError(error, path);
    });
  const part = await onDisk(open(path, start > 0 ? 'r+' : 'w', 0o600));
  try {
    if (start > 0) await onDisk(part.truncate(start));
    opened();
    let at = start;
    onBytes(at);
    for await (const chunk of answer.body ?? []) {
      if (at + chunk.byteLength > most) {
        throw new AppError('checksum_mismatch', `More bytes arrive than the ${most} that the release announces.`);
      }
      await onDisk(writeAll(part, chunk, at));
      at += chunk.byteLength;
      onBytes(at);
    }
    return at;
  } finally {
    await part.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) {
    done += (await handle.write(chunk, done, chunk.byteLength - done, position + done)).bytesWritten;
  }
}

/** Only a strong validator promises the same bytes (RFC 9110 §13.1.5). */
const strong = (etag: string | null) => (etag?.startsWith('"') ? etag : null);

const wrongSize = (file: Wanted, bytes: string) =>
  new AppError('checksum_mismatch', `${file.name} should have ${file.size} bytes, and GitHub sends ${bytes}.`);
