import type { Bus } from '../core/bus.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Installation, Installations, OpenInstallation } from './installations.ts';
import type { Outages } from './outages.ts';
import type { Pauses } from './pauses.ts';
import type { Grant } from './provider.ts';
import type { ProviderApps } from './provider-apps.ts';
import type { Registry } from './registry.ts';
import type { Revocation } from './revocation.ts';

/** Replaces tokens by fresh ones, one renewal an account at a time, and notes what came of it. */
export interface Renewal {
  /**
   * Replaces `token`, the account's access token as the caller knows it. If it was replaced already, that is enough:
   * a provider gives each refresh token one successor, so a renewal too many would end the token just handed out.
   *
   * @throws AppError `not_connected`, `needs_reconnect`, `rate_limited`, a vault code, or the provider's trouble
   */
  renew(id: string, token: string): Promise<void>;
  underWay(id: string): boolean;
  /**
   * The provider itself has ended the sign-in: the account is not used again until the person connects it anew, and is
   * told so once.
   * @returns the error for whoever asked
   */
  end(installation: Installation): Promise<AppError>;
  /** Resolves when no renewal is under way, and what could not be written was tried once more. */
  settled(): Promise<void>;
}

export interface RenewalParts {
  installations: Installations;
  registry: Registry;
  apps: ProviderApps;
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
  const { installations, registry, apps, revocation, pauses, outages, logger, bus, learn, changed } = parts;
  const underWay = new Map<string, Promise<void>>();
  /**
   * Grants that could not be written (a full disk, say). The provider has used up the old token already, so they are
   * kept for the next attempt; nobody is given a token that is not committed.
   */
  const unsaved = new Map<string, { generation: number; grant: Grant }>();

  const renew = async (id: string, token: string): Promise<void> => {
    const running = underWay.get(id);
    if (running) {
      await running;
      const { accessToken } = await openWorking(installations, id);
      return accessToken === token ? renew(id, token) : undefined;
    }
    const renewal = renewOnce(id, token).finally(() => {
      underWay.delete(id);
      changed();
    });
    underWay.set(id, renewal);
    changed();
    return renewal;
  };

  const renewOnce = async (id: string, token: string): Promise<void> => {
    const installation = await openWorking(installations, id);
    const { generation, accessToken, refreshToken } = installation;
    const provider = registry.serving(installation);
    if (accessToken !== token || refreshToken === null || !provider.refresh) return;
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
    await openWorking(installations, id);
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

  /** Draws the conclusions from a renewal that failed; the error for whoever asked. */
  const failed = async (installation: Installation, error: AppError): Promise<AppError> => {
    const { id } = installation;
    logger.warn('a token could not be renewed', { connection: id, code: error.code, error });
    if (error.code === 'needs_reconnect') return end(installation);
    if (error.code === 'rate_limited' && error.retryAt !== null) await pauses.begin(id, error.retryAt);
    else outages.failed(installation, error);
    return error;
  };

  const end = async (installation: Installation): Promise<AppError> => {
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

  return {
    renew,
    underWay: (id) => underWay.has(id),
    end,
    async settled() {
      await Promise.allSettled(underWay.values());
      for (const [id, { generation, grant }] of unsaved) await store(id, generation, grant).catch(() => false);
    },
  };
}

/**
 * The account with its tokens, if it has not ended.
 * @throws AppError `not_connected`, `needs_reconnect` in the words of the day it ended, a vault code, `vault_refused`
 */
export async function openWorking(installations: Installations, id: string): Promise<OpenInstallation> {
  const installation = await installations.find(id);
  if (!installation) throw new AppError('not_connected', 'The account is not connected.');
  const { state, login, problem } = installation;
  if (state === 'needs_reconnect') {
    throw new AppError('needs_reconnect', problem?.message ?? `The sign-in of ${login} has ended.`);
  }
  return installations.open(id);
}
