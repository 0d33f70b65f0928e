import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../core/errors.ts';
import { readBytes } from '../core/request-bytes.ts';
import type { Tracking } from '../tracking/tracking.ts';
import { isSignature } from '../tracking/webhooks/signature.ts';
import { WEBHOOK_PATH } from '../tracking/webhooks/webhooks.ts';
import { sendError } from './error-answer.ts';

/** GitHub sends nothing longer, and does not deliver what would be. */
const MOST_BYTES = 25 * 1024 * 1024;
/** What is read at the same time, of all deliveries together: four of the longest. */
const MOST_BYTES_AT_ONCE = 4 * MOST_BYTES;

const TYPES: ReadonlySet<string> = new Set(['application/json', 'application/x-www-form-urlencoded']);

/**
 * `POST /webhooks/github`: 202 for a delivery that is new, 200 for one that is known already and for a ping. What shows
 * by its head that it is no delivery of ours is refused before its body is read.
 *
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 */
export function createWebhookRoute({ deliver }: Pick<Tracking, 'deliver'>) {
  let reading = 0;

  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    if (path !== WEBHOOK_PATH) throw new AppError('not_found', 'There is nothing at this address.');
    if (request.method !== 'POST') {
      const error = new AppError('bad_input', 'Webhooks are sent with POST.');
      return sendError(request, response, error, { status: 405, headers: { allow: 'POST' } });
    }
    const { headers } = request;
    // GitHub and what forwards for it are no web pages: whoever has an origin is one.
    if (headers.origin !== undefined) throw new AppError('origin_refused', 'This is not open to web pages.');
    const signature = single(headers['x-hub-signature-256']);
    if (!isSignature(signature)) throw new AppError('signature_invalid', 'The webhook is not signed.');
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (!TYPES.has(type) || headers['content-encoding'] !== undefined) {
      const error = new AppError('bad_input', 'A webhook is application/json, or a form, and not compressed.');
      return sendError(request, response, error, { status: 415 });
    }
    const length = Number(headers['content-length'] ?? MOST_BYTES);
    if (!(length <= MOST_BYTES)) throw new AppError('body_too_large', 'A webhook has 25 MB at most.');
    if (reading + length > MOST_BYTES_AT_ONCE) {
      const remedy = 'Deliver it again in a moment.';
      throw new AppError('rate_limited', 'Too many large webhooks arrive at once.', { remedy });
    }

    reading += length;
    let isNew: boolean;
    try {
      const body = await readBytes(request, MOST_BYTES);
      const [id, event] = [single(headers['x-github-delivery']), single(headers['x-github-event'])];
      isNew = await deliver({ id, event, signature, body });
    } finally {
      reading -= length;
    }
    const status = isNew && headers['x-github-event'] !== 'ping' ? 202 : 200;
    const text = JSON.stringify({ delivery: headers['x-github-delivery'], new: isNew });
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(text);
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
