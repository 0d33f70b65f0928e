import type { IncomingMessage } from 'node:http';
import { AppError } from './errors.ts';

/**
 * Reads the body of a request. By events, not by iterating: leaving an iteration early destroys the connection before
 * the refusal could be sent.
 *
 * @throws AppError `body_too_large`, or `bad_input` when it does not arrive whole
 */
export function readBytes(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) chunks.push(chunk);
      else {
        request.pause();
        reject(new AppError('body_too_large', `The body of the request is longer than ${mostBytes / 1024} kB.`));
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', (cause) => reject(new AppError('bad_input', 'The request ended too early.', { cause })));
  });
}
