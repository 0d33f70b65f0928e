import type { Check, KeySourceName, VaultStateName } from '../../shared/app-views.ts';
import type { ConnectionState, SignInWay } from '../../shared/connection-views.ts';

/** How a state feels: it decides colour and nothing else; every state has a word and a shape of its own too. */
export type Tone = 'good' | 'working' | 'waiting' | 'warning' | 'bad';

/** The shapes that states are drawn with (see components/state-mark.tsx). */
export type Shape =
  | 'check'
  | 'cross'
  | 'turning'
  | 'pause'
  | 'cut'
  | 'triangle'
  | 'lock'
  | 'question'
  | 'arrow'
  | 'dot';

export interface StateWords {
  word: string;
  shape: Shape;
  tone: Tone;
}

export const CONNECTION_STATES: Record<ConnectionState, StateWords> = {
  ok: { word: 'Connected', shape: 'check', tone: 'good' },
  refreshing: { word: 'Refreshing', shape: 'turning', tone: 'working' },
  paused: { word: 'Paused', shape: 'pause', tone: 'waiting' },
  unreachable: { word: 'Not reachable', shape: 'cut', tone: 'waiting' },
  needs_reconnect: { word: 'Sign in again', shape: 'triangle', tone: 'warning' },
  vault_closed: { word: 'Vault closed', shape: 'lock', tone: 'warning' },
};

export const VAULT_STATES: Record<VaultStateName, StateWords> = {
  open: { word: 'Open', shape: 'check', tone: 'good' },
  locked: { word: 'Locked', shape: 'lock', tone: 'warning' },
  missing: { word: 'Key missing', shape: 'question', tone: 'bad' },
  denied: { word: 'Access denied', shape: 'triangle', tone: 'warning' },
  unavailable: { word: 'Not available', shape: 'cut', tone: 'bad' },
};

/** What guards the tokens, said honestly. */
export const KEY_SOURCES: Record<KeySourceName, { name: string; sentence: string }> = {
  keychain: {
    name: 'System keychain',
    sentence: 'The key to your tokens lies in the keychain of your operating system.',
  },
  passphrase: {
    name: 'Passphrase',
    sentence: 'The key to your tokens is wrapped with your passphrase. It is asked for after every start.',
  },
  file: {
    name: 'Key file',
    sentence:
      'The key to your tokens lies in a file that only your user may read. Whoever can copy your files can read your tokens.',
  },
};

export const VERDICTS: Record<Check['verdict'], StateWords & { headline: string }> = {
  safe: { word: 'Safe', shape: 'check', tone: 'good', headline: 'All is safe' },
  unsafe: { word: 'Unsafe', shape: 'triangle', tone: 'bad', headline: 'Something is not safe' },
  inconclusive: { word: 'Cannot tell', shape: 'question', tone: 'waiting', headline: 'Safe, as far as can be told' },
};

export { PLATFORM_NAMES as PROVIDER_NAMES } from '../../shared/platforms.ts';

export const SIGN_IN_WAYS: Record<SignInWay, string> = {
  device: 'with a code',
  web: 'in the browser',
};
