import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../../../shared/durations.ts';
import { canonicalOrigin } from '../../../shared/origins.ts';
import { canonicalResource, isLoopbackHost } from '../../../shared/resources.ts';
import { parseGoDuration } from '../go-duration.ts';

const YES = ['true', '1', 'yes'];
const NO = ['false', '0', 'no'];
/** `true`, `1` and `yes`, or their opposites, in either case. */
export const yesOrNo = z
  .string()
  .toLowerCase()
  .refine((text) => YES.includes(text) || NO.includes(text), 'must be true or false (or 1, 0, yes, no)')
  .transform((text) => YES.includes(text));

/** Printable ASCII without a space. */
export const word = (name: string, longest: number) =>
  z
    .string()
    .max(longest, `is longer than ${longest} characters`)
    .regex(/^[\x21-\x7e]+$/, `is not ${name}: it holds a space or a character outside ASCII`);

/** A TCP port; 0 is any free one. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be between 0 and 65535 (0 takes any free port)');

/** @param read answers the value, or throws a RangeError that says what is wrong with the text */
function readBy<T>(read: (text: string) => T) {
  return z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue(error.message);
      return z.NEVER;
    }
  });
}

/** The time between two checks for releases, as a Go duration; ms. */
export const interval = readBy((text) => {
  const ms = parseGoDuration(text);
  if (ms === null) throw new RangeError('must be a duration such as 24h, 1h30m or 90m');
  if (ms < 15 * MINUTE_MS) throw new RangeError('must be at least 15m');
  if (ms > 30 * DAY_MS) throw new RangeError('must be at most 720h');
  return ms;
});

/** A base address without a slash at its end. Plain http only to this machine: everything else would show tokens. */
export const address = readBy((text) => {
  const url = URL.parse(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    throw new RangeError('must be an address such as https://github.example.com');
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new RangeError('must start with https:// (plain http is for this machine only)');
  }
  if (url.username || url.password) throw new RangeError('must not hold a user name or password');
  if (url.search || url.hash) throw new RangeError('must not hold a query or fragment');
  return url.href.replace(/\/+$/, '');
});

/**
 * A Go duration; ms.
 * @param least the shortest that is taken, ms
 * @param most the longest, ms
 */
export const lifetime = (least: number, leastText: string, most: number, mostText: string) =>
  readBy((text) => {
    const ms = parseGoDuration(text);
    if (ms === null) throw new RangeError('must be a duration such as 168h, 90m or 10s');
    if (ms < least) throw new RangeError(`must be at least ${leastText}`);
    if (ms > most) throw new RangeError(`must be at most ${mostText}`);
    return ms;
  });

/** Resource indicators (RFC 8707) in canonical form. */
export const resources = readBy((text) =>
  text.split(/[\s,]+/).map((part) => {
    const resource = canonicalResource(part);
    if (resource === null) {
      throw new RangeError('must be addresses such as http://127.0.0.1:7000/mcp, separated by commas');
    }
    return resource;
  }),
);

/** Host names, with or without a port, in lower case. */
export const hostNames = readBy((text) =>
  text.split(/[\s,]+/).map((part) => {
    if (!/^[a-z0-9.-]+(?::\d{1,5})?$/i.test(part)) throw new RangeError('must be host names, separated by commas');
    return part.toLowerCase();
  }),
);

/** A secret that other programs must not guess; short ones and those of examples are the ones that get guessed. */
export const sharedSecret = word('a token', 512).refine(
  (text) => text.length >= 32 && new Set(text).size >= 10,
  'must be at least 32 random characters; make one with: openssl rand -hex 32',
);

/** One origin in canonical form. */
export const origin = readBy((text) => {
  const canonical = canonicalOrigin(text);
  if (canonical === null) {
    throw new RangeError('must be an origin such as https://keep.example.com (plain http is for this machine only)');
  }
  return canonical;
});

/** Whole origins, or `*` alone: an origin beside it, or one with a star in it, would mean less than its author believes. */
export const origins = readBy((text): '*' | string[] => {
  if (text === '*') return '*';
  return text.split(/[\s,]+/).map((part) => {
    const canonical = canonicalOrigin(part);
    if (canonical === null) {
      throw new RangeError('must be origins such as https://keep.example.com, separated by commas, or * alone');
    }
    return canonical;
  });
});

/** What examples and templates say where a secret belongs. */
const PLACEHOLDER = /your[-_ ]|change[-_ ]?(?:me|this|in)|example|placeholder|super[-_ ]?secret/i;

/** A key for HS256, which must be as long as the hash (RFC 7518 §3.2): whoever guesses it can sign in as anybody. */
export const hmacSecret = z
  .string()
  .max(512, 'is longer than 512 characters')
  .refine(
    (text) => Buffer.byteLength(text) >= 32,
    'is shorter than 32 bytes, and so can be guessed from any token it signed; make one with: openssl rand -hex 32',
  )
  .refine(
    (text) => new Set(text).size >= 10 && !PLACEHOLDER.test(text),
    'is no random value but an example, which anybody can look up; make one with: openssl rand -hex 32',
  );
