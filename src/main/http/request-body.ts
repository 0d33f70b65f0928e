import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';
import { readBytes } from '../core/request-bytes.ts';

/** What the largest command of the contract needs, many times over. */
const MOST_BYTES = 64 * 1024;

/** Exactly JSON in UTF-8: a form or a plain text is what a foreign page could send without asking first. */
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;

/** Whether the request says that its body is JSON, unencoded. */
export function isJson({ headers }: IncomingMessage): boolean {
  return JSON_TYPE.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
}

/**
 * Reads a JSON body of at most 64 kB.
 *
 * @throws AppError `body_too_large`, or `bad_input` when it is not JSON or does not arrive whole
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request, MOST_BYTES);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Without its cause: V8's message quotes the text, which may hold a secret that was sent with a typing error.
    throw new AppError('bad_input', 'The body of the request is not JSON.');
  }
}
