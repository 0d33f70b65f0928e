import type { Connections } from '../connections/connections.ts';
import { AppError } from '../core/errors.ts';
import type { Page } from '../core/page.ts';

/** Takes the answer of a provider to where the sign-in waits for it. */
export type OnCallback = Connections['callback'];

/**
 * What the browser shows when the provider has sent it back (RFC 6749 §4.1.2). It says "done" only after the account
 * is connected in fact: whoever makes up an address, or comes back too late, reads what went wrong.
 */
export async function callbackPage(
  onCallback: OnCallback,
  platform: string,
  parameters: URLSearchParams,
): Promise<{ status: number; page: Page }> {
  const outcome = await onCallback(platform, parameters);
  if ('state' in outcome && outcome.state === 'connected') {
    const account = outcome.login === null ? '' : ` as ${outcome.login}`;
    return {
      status: 200,
      page: {
        good: true,
        title: `You are connected${account}`,
        text: ['You can close this page.', 'Trackeep Tray keeps the token; this browser has not seen it.'],
      },
    };
  }
  const { message, remedy } =
    outcome.error ?? new AppError('state_invalid', 'No sign-in of yours was waiting for this answer.');
  return { status: 400, page: { good: false, title: 'You are not connected', text: [message, remedy] } };
}
