import type { Bus } from '../core/bus.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { InstallationTokens } from './github-app/installation-tokens.ts';
import {
  type Installation,
  type Installations,
  type OpenInstallation,
  type TokenHolder,
  tokenKey,
} from './installations.ts';
import type { Lease, Leases } from './lease.ts';
import type { Outages } from './outages.ts';
import type { Pace, Turn } from './pace.ts';
import type { Pauses } from './pauses.ts';
import type { Grant } from './provider.ts';
import type { ProviderApps } from './provider-apps.ts';
import type { Registry } from './registry.ts';
import type { Revocation } from './revocation.ts';

/**
 * Replaces tokens by fresh ones, one renewal of a token at a time, also where several processes share the database, and
 * notes what came of it, for all accounts that share the token.
 */
export interface Renewal {
  /**
   * Replaces `token`, the account's access token as the caller knows it. If it was replaced already, that is enough:
   * a provider gives each refresh token one successor, so a renewal too many would end the token just handed out.
   *
   * @param turn the caller's own, which stays theirs to end; without one, the renewal waits for one
   * @throws AppError `not_connected`, `needs_reconnect`, `rate_limited`, a vault code, or the provider's trouble
   */
  renew(id: string, token: string, turn?: Turn): Promise<void>;
  underWay(account: Pick<TokenHolder, 'id' | 'tokenGroup'>): boolean;
  /**
   * The provider itself has ended the sign-in: the account, with all that share its token, is not used again until the
   * person connects it anew. The person is told so once.
   * @param reason in the provider's own words, where it gave any; `needs_reconnect`
   * @returns the error for whoever asked
   */
  end(installation: Installation, reason?: AppError): Promise<AppError>;
  /** Resolves when no renewal is under way, and what could not be written was tried once more. */
  settled(): Promise<void>;
}

export interface RenewalParts {
  installations: Installations;
  leases: Leases;
  pace: Pace;
  registry: Registry;
  apps: ProviderApps;
  installationTokens: Pick<InstallationTokens, 'mint'>;
  revocation: Revocation;
  pauses: Pauses;
  outages: Outages;
  logger: Logger;
  bus: Bus;
  learn: (secret: string) => void;
  /** Called when a view of an account changed. */
  changed: () => void;
}

export function createRenewal(parts: RenewalParts): Renewal {
  const { installations, leases, pace, registry, apps, installationTokens, revocation } = parts;
  const { pauses, outages, logger, bus, learn, changed } = parts;
  const underWay = new Map<string, Promise<void>>();
  /**
   * Grants that could not be written (a full disk, say). The provider has used up the old token already, so they are
   * kept for the next attempt; nobody is given a token that is not committed. Each replaces one token and no other.
   */
  const unsaved = new Map<string, { account: OpenInstallation; grant: Grant }>();

  const renew = async (id: string, token: string, turn?: Turn): Promise<void> => {
    const installation = await installations.find(id);
    if (!installation) throw gone();
    const key = tokenKey(installation);
    const running = underWay.get(key);
    if (running) {
      await running;
      const { accessToken } = await openWorking(installations, id);
      return accessToken === token ? renew(id, token, turn) : undefined;
    }
    const renewal = inTurn(installation, turn, () => renewOnce(id, token)).finally(() => {
      underWay.delete(key);
      changed();
    });
    underWay.set(key, renewal);
    changed();
    return renewal;
  };

  /** Before the lease and not after it: a lease would run out while its holder waits. */
  const inTurn = async ({ host }: Installation, given: Turn | undefined, work: () => Promise<void>): Promise<void> => {
    if (given !== undefined) return work();
    const turn = await pace.turn(host, 'caller');
    try {
      await work();
    } finally {
      turn.end();
    }
  };

  const renewOnce = async (id: string, token: string): Promise<void> => {
    for (;;) {
      const lease = await leases.await(async () => {
        const { accessToken, tokenGroup } = await openWorking(installations, id);
        return accessToken === token ? { id, tokenGroup } : null;
      });
      if (lease === null) return;
      try {
        if (await renewLeased(id, token, lease)) return;
      } finally {
        // Kept while what it brought is not stored: another process would find the old token, which is used up. One that
        // cannot be given back ends by itself.
        const stored = ![...unsaved.values()].some(({ account }) => account.id === id);
        if (stored)
          await leases.release(lease).catch((error: unknown) => logger.warn('a lease was not given back', { error }));
      }
    }
  };

  /** @returns false if the lease had ended before the token could be stored: it is kept, and takes another lease */
  const renewLeased = async (id: string, token: string, lease: Lease): Promise<boolean> => {
    const installation = await openWorking(installations, id);
    const obtain = installation.accessToken === token ? await wayToRenew(installation) : null;
    if (obtain === null) return true;
    let grant: Grant;
    try {
      grant = keptGrant(installation) ?? (await obtain());
    } catch (error) {
      const reason = await failed(installation, toAppError(error));
      // Refused because another process, which had the lease while this one slept, has used the old one up.
      if (reason.code === 'needs_reconnect' && (await openWorking(installations, id)).accessToken !== token)
        return true;
      throw reason;
    }
    learn(grant.accessToken);
    if (grant.refreshToken !== null) learn(grant.refreshToken);
    if (await store(installation, lease, grant)) {
      for (const account of await installations.sharing(installation)) outages.recovered(account);
      logger.info('a token was renewed', { connection: id });
    } else {
      const now = await openWorking(installations, id).catch(() => null);
      if (now?.accessToken === token && now.generation === installation.generation) return false;
      // Disconnected, connected anew or renewed by another process while the provider answered: it belongs to nobody.
      unsaved.delete(tokenKey(installation));
      await revocation.revokeQuietly(installation, grant.accessToken);
    }
    // Others that share the token may have got it, and the account itself be gone.
    await openWorking(installations, id);
    return true;
  };

  /** How a fresh token is had without the person; null: not at all. */
  const wayToRenew = async (installation: OpenInstallation): Promise<(() => Promise<Grant>) | null> => {
    const { kind, refreshToken } = installation;
    const provider = registry.serving(installation);
    if (kind === 'app_installation') return () => installationTokens.mint(installation);
    const { refresh } = provider;
    if (refreshToken === null || !refresh) return null;
    const app = await apps.forRenewal(installation);
    return () => refresh(app, refreshToken);
  };

  const keptGrant = (account: OpenInstallation): Grant | null => {
    const kept = unsaved.get(tokenKey(account));
    if (kept?.account.accessToken !== account.accessToken) return null;
    return account.tokenGroup !== null || kept.account.generation === account.generation ? kept.grant : null;
  };

  const store = async (account: OpenInstallation, lease: Lease, grant: Grant): Promise<boolean> => {
    unsaved.set(tokenKey(account), { account, grant });
    try {
      const stored = await installations.storeRefreshed(account, lease.number, grant);
      if (stored) unsaved.delete(tokenKey(account));
      return stored;
    } catch (error) {
      logger.error('a renewed token could not be written yet', { connection: account.id, error });
      throw error;
    }
  };

  /** Draws the conclusions from a renewal that failed; the error for whoever asked. */
  const failed = async (installation: Installation, error: AppError): Promise<AppError> => {
    logger.warn('a token could not be renewed', { connection: installation.id, code: error.code, error });
    if (error.code === 'needs_reconnect') {
      return end(installation, installation.kind === 'app_installation' ? error : undefined);
    }
    for (const account of await installations.sharing(installation)) {
      if (error.code === 'rate_limited' && error.retryAt !== null) await pauses.begin(account.id, error.retryAt);
      else outages.failed(account, error);
    }
    return error;
  };

  const end = async (installation: Installation, reason?: AppError): Promise<AppError> => {
    const { kind, login } = installation;
    const { name } = registry.serving(installation);
    const error = reason ?? new AppError('needs_reconnect', `${name} no longer accepts the sign-in of ${login}.`);
    if (await installations.markNeedsReconnect(installation, error.toView())) {
      for (const { id } of await installations.sharing(installation)) outages.forget(id);
      changed();
      bus.emit('notice', {
        kind: 'warning',
        title:
          kind === 'user' ? `${name} needs you to sign in again` : `Your ${name} App gives no more tokens for ${login}`,
        body: `${error.message} ${error.remedy}`,
        page: 'connections',
      });
    }
    return error;
  };

  return {
    renew,
    underWay: (account) => underWay.has(tokenKey(account)),
    end,
    async settled() {
      leases.stop();
      await Promise.allSettled(underWay.values());
      for (const { account, grant } of unsaved.values()) {
        const [holder] = await installations.sharing(account).catch(() => []);
        const lease = holder ? await leases.take(holder).catch(() => null) : null;
        if (!holder || lease === null) continue;
        const current = await openWorking(installations, holder.id).catch(() => null);
        if (current?.accessToken === account.accessToken) await store(account, lease, grant).catch(() => false);
      }
    },
  };
}

/**
 * The account with its tokens, if it has not ended.
 * @throws AppError `not_connected`, `needs_reconnect` in the words of the day it ended, a vault code, `vault_refused`
 */
export async function openWorking(installations: Installations, id: string): Promise<OpenInstallation> {
  const installation = await installations.find(id);
  if (!installation) throw gone();
  const { state, login, problem } = installation;
  if (state === 'needs_reconnect') {
    throw new AppError('needs_reconnect', problem?.message ?? `The sign-in of ${login} has ended.`);
  }
  return installations.open(id);
}

function gone(): AppError {
  return new AppError('not_connected', 'The account is not connected.');
}
