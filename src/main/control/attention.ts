import type { Attention, Overall, VaultView } from '../../shared/app-views.ts';
import { calendarDay } from '../../shared/calendar-day.ts';
import { claim } from '../../shared/claims.ts';
import type { ApprovalView } from '../../shared/client-views.ts';
import type { ConnectionView } from '../../shared/connection-views.ts';
import { PLATFORM_NAMES } from '../../shared/platforms.ts';
import type { UpdatesView } from '../../shared/release-views.ts';

/** What the summary is made from. */
export interface Situation {
  vault: VaultView;
  connections: ConnectionView[];
  /** Those that wait. */
  approvals: ApprovalView[];
  updates: UpdatesView;
  /** A sign-in waits for the person, or a download runs. */
  busy: boolean;
}

/**
 * What waits for the person, the most pressing first. A vault that is closed comes before everything, since nothing
 * else can be settled while it is.
 */
export function attention(situation: Situation): Attention[] {
  const { vault, connections, approvals, updates } = situation;
  const list: Attention[] = [];
  if (vault.state !== 'open') list.push({ kind: 'vault', text: vaultSentence(vault), page: 'doctor' });
  if (approvals.length > 0) list.push({ kind: 'approval', text: approvalSentence(approvals), page: 'approvals' });
  if (connections.length === 0) {
    list.push({ kind: 'first_connection', text: 'Connect GitHub to begin.', page: 'welcome' });
  }
  const ended = connections
    .filter(({ state }) => state === 'needs_reconnect')
    .map(({ platform, login }) => `${PLATFORM_NAMES[platform]} needs you to sign in again as ${login}.`);
  // Sites of one sign-in end together, and one sign-in brings them all back.
  for (const text of new Set(ended)) list.push({ kind: 'connection', text, page: 'connections' });
  const ending = connections.flatMap(({ platform, login, signInEndsAt }) =>
    signInEndsAt === null
      ? []
      : `Sign in to ${PLATFORM_NAMES[platform]} again as ${login} by ${calendarDay(signInEndsAt)}.`,
  );
  for (const text of new Set(ending)) list.push({ kind: 'sign_in_ends', text, page: 'connections' });
  if (updates.updateAvailable && updates.latest) {
    list.push({ kind: 'update', text: `Trackeep ${updates.latest.version} is out.`, page: 'updates' });
  }
  if (updates.state === 'current_unknown') {
    list.push({ kind: 'current_version', text: 'Say which Trackeep version you run.', page: 'updates' });
  }
  return list;
}

/** The name is the client's own claim, and said to be one. */
function approvalSentence([first, ...others]: ApprovalView[]): string {
  if (others.length > 0) return `${others.length + 1} programs ask for access.`;
  const name = claim(first?.client.name ?? null);
  return name !== null ? `A program that calls itself “${name}” asks for access.` : 'A program asks for access.';
}

function vaultSentence({ source, state }: VaultView): string {
  if (source === 'passphrase' && state === 'locked') return 'The vault needs your passphrase.';
  const place = { keychain: 'keychain entry', passphrase: 'vault', file: 'key file' }[source];
  const sentences: Record<VaultView['state'], string> = {
    open: 'The vault is open.',
    locked: 'Your keychain is locked.',
    missing: 'The key to your stored tokens is missing.',
    denied: `Trackeep Tray may not use its ${place}.`,
    unavailable: 'There is no keychain to keep your tokens in.',
  };
  return sentences[state];
}

const NEEDS_YOU: readonly Attention['kind'][] = ['vault', 'approval', 'connection', 'first_connection'];

/**
 * The one word for all of it. What needs the person outranks work under way, which outranks an update: a picture that
 * says "busy" while somebody must act would hide the one thing that matters.
 */
export function overall(situation: Situation): Overall {
  const waiting = attention(situation);
  if (waiting.some(({ kind }) => NEEDS_YOU.includes(kind))) return 'needs_you';
  const working =
    situation.busy ||
    situation.updates.state === 'checking' ||
    situation.connections.some((connection) => connection.state === 'refreshing');
  if (working) return 'busy';
  return situation.updates.updateAvailable ? 'update' : 'ok';
}
