/** What an OAuth endpoint answered, not yet read. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** What an error may tell, beside itself (RFC 6749 §5.2, RFC 9207 §2). */
const ERROR_FIELDS = new Set(['error', 'error_description', 'error_uri', 'state', 'iss', 'scope']);
/** The characters of RFC 6749 §5.2. */
const ERROR = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/;
/** How code and its places show up in an answer that was not meant for them. */
const INSIDE = /node_modules|\/src\/|file:\/\/|\.[cm]?[jt]s:\d|\n\s+at |sqlite|Error:|\[object /i;

/**
 * Holds an answer to what OAuth's endpoints owe every request, however bad: a status below 500, an error in the form of
 * RFC 6749 §5.2 or a page for people, and nothing of the inside.
 *
 * @returns null, or what is wrong with it
 */
export function faultOf({ status, headers, text }: RawAnswer): string | null {
  if (status >= 500) return `the status is ${status}`;
  const inside = INSIDE.exec(text);
  if (inside !== null) return `it tells of the inside: ${inside[0]}`;
  if (status < 400) return null;
  if (headers.get('cache-control')?.includes('no-store') !== true) return 'it may be kept by a cache';
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) return /^<!doctype html>.*<\/html>\s*$/is.test(text) ? null : 'it is half a page';
  if (!type.startsWith('application/json')) return `it is ${type || 'of no type'}`;
  return faultOfError(JSON.parse(text));
}

/** As `faultOf`, for the parameters of an error alone. */
export function faultOfError(body: Record<string, unknown>): string | null {
  const unknown = Object.keys(body).find((name) => !ERROR_FIELDS.has(name));
  if (unknown !== undefined) return `it has a field ${unknown}`;
  for (const name of ['error', 'error_description']) {
    const value = body[name];
    if (value === undefined && name === 'error_description') continue;
    if (typeof value !== 'string' || !ERROR.test(value)) return `its ${name} is ${JSON.stringify(value)}`;
  }
  return null;
}

/**
 * Sends something and holds the answer to `faultOf`.
 *
 * @returns what was answered, with the error of RFC 6749 §5.2 where there is one
 */
export async function askWell(url: string, init: RequestInit = {}): Promise<RawAnswer & { error: unknown }> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const { status, headers } = response;
  const answer = { status, headers, text: await response.text() };
  const fault = faultOf(answer);
  if (fault !== null) throw new Error(`${init.method ?? 'GET'} ${url} was answered badly: ${fault}.`);
  const isJson = headers.get('content-type')?.startsWith('application/json') === true;
  return { ...answer, error: isJson ? JSON.parse(answer.text).error : undefined };
}
