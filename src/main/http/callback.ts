import type { FlowView } from '../../shared/connection-views.ts';
import type { Connections } from '../connections/connections.ts';
import { AppError } from '../core/errors.ts';
import type { Page } from '../core/page.ts';

/** Takes the answer of a provider to where the sign-in waits for it. */
export type OnCallback = Connections['callback'];
/** How a sign-in stands, by its id. */
export type SignInLookup = Connections['flow'];

export type Outcome = Awaited<ReturnType<OnCallback>>;

/**
 * What the browser shows when the provider has sent it back (RFC 6749 §4.1.2). It says "done" only after the account
 * is connected in fact: whoever makes up an address, or comes back too late, reads what went wrong.
 */
export function callbackPage(outcome: Outcome): { status: number; page: Page } {
  if (isConnected(outcome)) {
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

/**
 * Where the browser goes on from a callback; null: it stays. A token in the address (Trackeep HQ sends one) must not
 * stay there, where the history and whoever looks at the screen have it.
 *
 * @param onward where a sign-in that somebody else waits for leads
 */
export function wayOn(
  outcome: Outcome,
  parameters: URLSearchParams,
  onward: (flowId: string) => string | null,
): string | null {
  const next = isConnected(outcome) ? onward(outcome.id) : null;
  if (next !== null || !parameters.has('token')) return next;
  return `/oauth/done/${'id' in outcome ? outcome.id : 'unknown'}`;
}

/** How a sign-in ended, under an address that says nothing. */
export function outcomeOf(signIn: SignInLookup, flowId: string): Outcome {
  try {
    return signIn(flowId);
  } catch {
    const unknown = new AppError('state_invalid', 'This sign-in is not known here: it took too long, or is not ours.');
    return { error: unknown.toView() };
  }
}

function isConnected(outcome: Outcome): outcome is FlowView {
  return 'state' in outcome && outcome.state === 'connected';
}
