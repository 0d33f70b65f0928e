import { z } from 'zod';
import type { Delivery } from '../tracking.ts';

/** A message of a smee channel: the headers of the delivery, lower-case, with its body among them. */
const Message = z.object({
  'x-github-delivery': z.string().optional(),
  'x-github-event': z.string().optional(),
  'x-hub-signature-256': z.string().optional(),
  body: z.unknown(),
  rawbody: z.string().optional(),
});

/**
 * A delivery that came over a smee channel, as it was before.
 *
 * The signature is over the bytes that GitHub sent, but the channel has read them as JSON and written them anew. GitHub's
 * own JSON has no spaces and escapes nothing but what must be, as `JSON.stringify` does, and its keys are words and stay
 * in their order: so writing it once more gives the same bytes. Where it does not, the signature does not hold and the
 * delivery is lost, which costs a delay. Channels that pass on the text itself (`rawbody`) are taken at their word.
 * Webhooks must be of the type application/json: of a form, the channel leaves only its fields.
 *
 * @returns null for what is none
 */
export function relayed(data: string): Delivery | null {
  try {
    const { body, rawbody, ...headers } = Message.parse(JSON.parse(data));
    const text = rawbody ?? JSON.stringify(body);
    return {
      id: headers['x-github-delivery'],
      event: headers['x-github-event'],
      signature: headers['x-hub-signature-256'],
      body: Buffer.from(text ?? ''),
    };
  } catch {
    return null;
  }
}
