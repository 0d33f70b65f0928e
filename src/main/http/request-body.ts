import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';

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
  const bytes = await readBytes(request);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Without its cause: V8's message quotes the text, which may hold a secret that was sent with a typing error.
    throw new AppError('bad_input', 'The body of the request is not JSON.');
  }
}

/**
 * By events, not by iterating: leaving an iteration early destroys the connection before the refusal could be sent.
 */
function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_BYTES) chunks.push(chunk);
      else {
        request.pause();
        reject(new AppError('body_too_large', 'The body of the request is longer than 64 kB.'));
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', (cause) => reject(new AppError('bad_input', 'The request ended too early.', { cause })));
  });
}
