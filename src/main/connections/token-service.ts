import type { Bus } from '../core/bus.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, hasCode, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { UsableToken } from './connections.ts';
import type { Installation, Installations, OpenInstallation } from './installations.ts';
import type { Outages } from './outages.ts';
import { type Pauses, rateLimited } from './pauses.ts';
import type { Grant } from './provider.ts';
import type { ProviderApps } from './provider-apps.ts';
import type { Registry } from './registry.ts';
import type { Revocation } from './revocation.ts';

/** Whoever asks for a token gets one that lasts at least this long, if it can be had. */
const LEAST_LIFE_MS = 5 * 60_000;
/** In the background it is renewed earlier, so that nobody ever waits for it. */
const AHEAD_MS = 10 * 60_000;

/** When a token was last used is noted at most this often. */
const USE_STAMP_MS = 60_000;

/** Working tokens: the one place that renews them and the one that finds out that they ended. */
export interface TokenService {
  /**
   * A token that works, renewed first where it must be. While a renewal fails for passing reasons, the old token is
   * good to its last second.
   * @throws AppError `not_connected`, `needs_reconnect`, `rate_limited`, a vault code, or the provider's trouble
   */
  usable(id: string): Promise<UsableToken>;
  /** Renews now. Whoever asks meanwhile shares the one request. @throws AppError as `usable` */
  renew(id: string): Promise<void>;
  /**
   * The provider itself refused `token`. If there is a newer one, or one to be had, that is the answer.
   * @throws AppError `needs_reconnect`, after which the account is not used again, or passing trouble
   */
  afterRefusal(id: string, token: string): Promise<UsableToken>;
  /** The provider refused a token that was fresh: the sign-in is over. Always throws `needs_reconnect`. */
  end(id: string, token: string): Promise<never>;
  /**
   * Renews the token, or asks the provider whether it still accepts one that cannot be renewed. A person asked for it,
   * so it does not wait for the next try; only a limit of the provider's holds it back.
   * @throws AppError as `usable`
   */
  check(id: string): Promise<void>;
  renewing(id: string): boolean;
  /** One round of the background: renews what expires soon. Never throws. */
  renewDue(): Promise<void>;
  /** Resolves when no renewal is under way, and what could not be written was tried once more. */
  settled(): Promise<void>;
}

export interface TokenServiceParts {
  installations: Installations;
  registry: Registry;
  apps: ProviderApps;
  revocation: Revocation;
  pauses: Pauses;
  outages: Outages;
  clock: Clock;
  logger: Logger;
  bus: Bus;
  learn: (secret: string) => void;
  /** Called when a view of an account changed. */
  changed: () => void;
}

export function createTokenService(parts: TokenServiceParts): TokenService {
  const { installations, registry, apps, revocation, pauses, outages, clock, logger, bus, learn, changed } = parts;
  const underWay = new Map<string, Promise<void>>();
  /**
   * Grants that could not be written (a full disk, say). The provider has used up the old token already, so they are
   * kept for the next attempt; nobody is given a token that is not committed.
   */
  const unsaved = new Map<string, { generation: number; grant: Grant }>();

  const need = async (id: string): Promise<Installation> => {
    const installation = await installations.find(id);
    if (!installation) throw new AppError('not_connected', 'The account is not connected.');
    if (installation.state === 'needs_reconnect') throw ended(installation);
    return installation;
  };

  const open = async (id: string): Promise<OpenInstallation> => {
    await need(id);
    return installations.open(id);
  };

  const renew = (id: string): Promise<void> => {
    const running = underWay.get(id);
    if (running) return running;
    const renewal = renewOnce(id).finally(() => {
      underWay.delete(id);
      changed();
    });
    underWay.set(id, renewal);
    changed();
    return renewal;
  };

  const renewOnce = async (id: string): Promise<void> => {
    const installation = await open(id);
    const { generation, refreshToken } = installation;
    const provider = registry.serving(installation);
    if (refreshToken === null || !provider.refresh) return;
    const app = await apps.forRenewal(installation);
    let grant: Grant;
    try {
      const kept = unsaved.get(id);
      grant = kept?.generation === generation ? kept.grant : await provider.refresh(app, refreshToken);
    } catch (error) {
      throw await failed(installation, toAppError(error));
    }
    learn(grant.accessToken);
    if (grant.refreshToken !== null) learn(grant.refreshToken);
    if (await store(id, generation, grant)) {
      outages.recovered(installation);
      logger.info('a token was renewed', { connection: id });
      return;
    }
    // Disconnected or connected anew while the provider answered: this token belongs to nobody.
    await revocation.revokeQuietly(installation, grant.accessToken);
    await need(id);
  };

  const store = async (id: string, generation: number, grant: Grant): Promise<boolean> => {
    unsaved.set(id, { generation, grant });
    try {
      const stored = await installations.storeRefreshed(id, generation, grant);
      unsaved.delete(id);
      return stored;
    } catch (error) {
      logger.error('a renewed token could not be written yet', { connection: id, error });
      throw error;
    }
  };

  /** Draws the conclusions from a renewal that failed; the error that the caller throws on. */
  const failed = async (installation: Installation, error: AppError): Promise<AppError> => {
    const { id } = installation;
    logger.warn('a token could not be renewed', { connection: id, code: error.code, error });
    if (error.code === 'needs_reconnect') return markEnded(installation);
    if (error.code === 'rate_limited' && error.retryAt !== null) await pauses.begin(id, error.retryAt);
    else outages.failed(installation, error);
    return error;
  };

  const markEnded = async (installation: Installation): Promise<AppError> => {
    const { id, login, generation } = installation;
    const { name } = registry.serving(installation);
    const error = new AppError('needs_reconnect', `${name} no longer accepts the sign-in of ${login}.`);
    if (await installations.markNeedsReconnect(id, generation, error.toView())) {
      outages.forget(id);
      changed();
      bus.emit('notice', {
        kind: 'warning',
        title: `${name} needs you to sign in again`,
        body: `${error.message} ${error.remedy}`,
        page: 'connections',
      });
    }
    return error;
  };

  /** Why the provider must not be asked for a new token now. */
  const held = (installation: Installation): AppError | null => {
    const until = pauses.until(installation);
    if (until !== null) return rateLimited(registry.serving(installation).name, until);
    return outages.mayTry(installation.id) ? null : outages.of(installation.id);
  };

  const renewWhereDue = async (installation: Installation): Promise<void> => {
    const { id, refreshable, accessExpiresAt } = installation;
    if (!refreshable || accessExpiresAt === null || accessExpiresAt - clock.now() > LEAST_LIFE_MS) return;
    const stillGood = () => accessExpiresAt > clock.now();
    const reason = underWay.has(id) ? null : held(installation);
    if (reason !== null) {
      if (stillGood()) return;
      throw reason;
    }
    try {
      await renew(id);
    } catch (error) {
      if (hasCode(error, 'needs_reconnect', 'not_connected') || !stillGood()) throw error;
    }
  };

  const stampUse = async (id: string): Promise<void> => {
    try {
      await installations.stampUsed(id, clock.now());
    } catch (error) {
      // Nice to know, but no reason to refuse a token (on a full disk, say).
      logger.warn('the use of a token could not be noted', { connection: id, error });
    }
  };

  const usable = async (id: string): Promise<UsableToken> => {
    const before = await need(id);
    if (registry.strangeness(before) === null) await renewWhereDue(before);
    const { login, host, accessExpiresAt, accessToken, lastUsedAt } = await open(id);
    if (clock.now() - (lastUsedAt ?? 0) >= USE_STAMP_MS) await stampUse(id);
    return { token: accessToken, connectionId: id, login, host, expiresAt: accessExpiresAt };
  };

  const end = async (id: string, token: string): Promise<never> => {
    const installation = await open(id);
    // A token that was replaced while its last request was under way tells nothing about the new one.
    if (installation.accessToken !== token)
      throw new AppError('provider_error', 'The token was replaced while it was in use.');
    throw await markEnded(installation);
  };

  return {
    usable,
    renew,
    async afterRefusal(id, token) {
      const installation = await open(id);
      if (installation.accessToken === token) {
        if (!installation.refreshable) return end(id, token);
        const reason = underWay.has(id) ? null : held(installation);
        if (reason !== null) throw reason;
        await renew(id);
      }
      return usable(id);
    },
    end,
    async check(id) {
      const installation = await need(id);
      const provider = registry.serving(installation);
      const until = pauses.until(installation);
      if (until !== null) throw rateLimited(provider.name, until);
      if (installation.refreshable) return renew(id);
      const { token } = await usable(id);
      try {
        await provider.identity(token);
      } catch (error) {
        if (hasCode(error, 'needs_reconnect')) await end(id, token);
        throw error;
      }
    },
    renewing: (id) => underWay.has(id),
    async renewDue() {
      const due = (await installations.all()).filter(
        (installation) =>
          installation.state === 'ok' &&
          installation.refreshable &&
          installation.accessExpiresAt !== null &&
          installation.accessExpiresAt - clock.now() <= AHEAD_MS &&
          registry.strangeness(installation) === null &&
          held(installation) === null,
      );
      // What fails is noted where it fails, and tried again in a later round.
      await Promise.allSettled(due.map(({ id }) => renew(id)));
    },
    async settled() {
      await Promise.allSettled(underWay.values());
      for (const [id, { generation, grant }] of unsaved) await store(id, generation, grant).catch(() => false);
    },
  };
}

/** Why an account whose sign-in ended cannot be used, in the words of the day it ended. */
function ended({ login, problem }: Installation): AppError {
  return new AppError('needs_reconnect', problem?.message ?? `The sign-in of ${login} has ended.`);
}
