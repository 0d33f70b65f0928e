import type { Kysely } from 'kysely';
import type { KeySourceName, VaultStateName, VaultView } from '../../shared/app-views.ts';
import type { Bus } from '../core/bus.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { AppError, type ErrorCode, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Schema } from '../storage/schema.ts';
import { boundedKeychain } from './bounded-keychain.ts';
import { keyIdOf, open, refused, type SealingKey, seal } from './envelope.ts';
import { fileSource } from './file-source.ts';
import type { KeySource } from './key-source.ts';
import type { Keychain } from './keychain.ts';
import { keychainSource } from './keychain-source.ts';
import { masterKeys } from './master-keys.ts';
import { passphraseSource } from './passphrase-source.ts';
import { systemKeychain } from './system-keychain.ts';
import type { Place, Vault } from './vault.ts';

/** An attempt that took longer had a person in it, who dismissed a prompt or let it stand. */
const PROMPT_TIME_MS = 1_000;
/** After such an attempt, sealing and opening do not ask again for this long. An explicit `unlock` always does. */
const QUIET_MS = 60_000;
/** A record sealed just before a rotation may reach the database just after it. So long its key is kept. */
const GRACE_MS = 30_000;

export interface VaultParts {
  source: KeySourceName;
  db: Kysely<Schema>;
  dataDir: string;
  /** For the passphrase source; null: the person will be asked (`unlock`). */
  passphrase: string | null;
  clock: Clock;
  logger: Logger;
  /** Learns every secret that passes through, so that no log line can carry one. */
  redactor: { learn(secret: string): void };
  /** Hears `vault` whenever the view changed. */
  bus?: Bus;
  /** Another keychain than the system's own. */
  keychain?: Keychain;
}

/**
 * Builds the vault, closed; `unlock` opens it, and so does the first `seal` or `open`. A closed vault is tried again
 * whenever something is asked of it, so that unlocking the keychain is all a person has to do.
 */
export async function createVault(parts: VaultParts): Promise<Vault> {
  const { db, clock, logger, redactor, bus } = parts;
  const source = sourceOf(parts, () => void unlock());
  if (parts.passphrase !== null) redactor.learn(parts.passphrase);
  const keys = masterKeys({ source, db, clock, logger, learn: (secret) => redactor.learn(secret) });

  let key: SealingKey | null = null;
  let problem: AppError | null = null;
  /** Retired in this run, by a rotation or found at the start: whoever read a record just before can still open it. */
  const former = new Map<string, SealingKey>();
  let quietUntil = Number.NEGATIVE_INFINITY;
  let attempt: Promise<void> | null = null;
  let rotation: Promise<{ records: number }> | null = null;
  let tidying: Timer | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  /** Opening, rotating and tidying all change `vault_keys`, so each waits for the one before. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = turn.then(task);
    turn = result.catch(() => {});
    return result;
  }

  function become(next: SealingKey | null, trouble: AppError | null): void {
    const changed = (key === null) !== (next === null) || problem?.code !== trouble?.code;
    key = next;
    problem = trouble;
    if (!changed) return;
    if (trouble === null) logger.info('the vault is open', { backend: source.backend });
    else logger.warn('the vault is closed', { backend: source.backend, code: trouble.code, error: trouble });
    bus?.emit('vault');
  }

  /** One attempt at a time; whoever comes meanwhile shares it. */
  function tryToOpen(): Promise<void> {
    attempt ??= inTurn(async () => {
      if (key !== null) return;
      const began = clock.monotonic();
      try {
        const current = await keys.open();
        await tidy(current);
        become(current, null);
      } catch (error) {
        const now = clock.monotonic();
        quietUntil = now - began >= PROMPT_TIME_MS ? now + QUIET_MS : now;
        become(null, toAppError(error));
      }
    }).finally(() => {
      attempt = null;
    });
    return attempt;
  }

  async function tidy(current: SealingKey): Promise<void> {
    try {
      for (const retired of await keys.tidy(current)) former.set(retired.id, retired);
    } catch (error) {
      // Everything is readable all the same, and the next start tries again.
      logger.debug('a former master key could not be removed yet', { error });
    }
  }

  async function opened(): Promise<SealingKey> {
    const mayAsk = clock.monotonic() >= quietUntil && !source.isAsking?.();
    if (key === null && (attempt !== null || mayAsk)) await tryToOpen();
    if (key === null) throw problem ?? notYet();
    return key;
  }

  async function rotate(): Promise<{ records: number }> {
    const from = await opened();
    return inTurn(async () => {
      const { key: next, records } = await keys.rotate(from);
      former.set(from.id, from);
      key = next;
      tidying?.cancel();
      tidying = clock.after(GRACE_MS, () => void inTurn(() => tidy(next)));
      logger.info('the master key was replaced', { records });
      return { records };
    });
  }

  function view(): VaultView {
    const trouble = key === null ? (problem ?? notYet()) : null;
    const state = trouble === null ? 'open' : (STATES[trouble.code] ?? 'unavailable');
    return { source: source.name, backend: source.backend, state, problem: trouble?.toView() ?? null };
  }

  async function unlock(input: { passphrase?: string } = {}): Promise<VaultView> {
    if (input.passphrase !== undefined) {
      redactor.learn(input.passphrase);
      await attempt;
      if (key === null) source.offer?.(input.passphrase);
    }
    if (key === null) await tryToOpen();
    return view();
  }

  return {
    source: source.name,
    view,
    unlock,
    async seal(place, plaintext) {
      const current = await opened();
      learnFrom(place, plaintext);
      return seal(current, place, plaintext);
    },
    async open(place, sealed) {
      const current = await opened();
      const id = await keyIdOf(sealed);
      const sealedUnder = id === current.id ? current : former.get(id ?? '');
      if (sealedUnder === undefined) throw refused(place);
      const plaintext = await open(sealedUnder, place, sealed);
      learnFrom(place, plaintext);
      return plaintext;
    },
    rotate() {
      rotation ??= rotate().finally(() => {
        rotation = null;
      });
      return rotation;
    },
  };

  function learnFrom(place: Place, plaintext: string): void {
    // A cached answer is confidential as a whole, but nothing that could turn up in a log line.
    if (place.column !== 'sealed_body') redactor.learn(plaintext);
  }
}

/** What a vault that does not open is, by the reason. Every other trouble (a full disk) makes it unavailable. */
const STATES: Partial<Record<ErrorCode, VaultStateName>> = {
  vault_locked: 'locked',
  vault_passphrase_wrong: 'locked',
  bad_input: 'locked',
  vault_missing: 'missing',
  vault_denied: 'denied',
  vault_unavailable: 'unavailable',
};

function notYet(): AppError {
  return new AppError('vault_locked', 'The vault has not been opened yet.');
}

function sourceOf({ source, dataDir, passphrase, clock, keychain }: VaultParts, onLateAnswer: () => void): KeySource {
  switch (source) {
    case 'keychain':
      return keychainSource(boundedKeychain(keychain ?? systemKeychain({ clock }), { clock, onLateAnswer }));
    case 'passphrase':
      return passphraseSource(passphrase);
    case 'file':
      return fileSource({ dataDir });
  }
}
