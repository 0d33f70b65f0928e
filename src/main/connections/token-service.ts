import type { Clock } from '../core/clock.ts';
import { hasCode } from '../core/errors.ts';
import { isoOrNull } from '../core/iso-time.ts';
import type { Logger } from '../core/logger.ts';
import type { HandOuts } from './audit/hand-outs.ts';
import type { IsAllowed, Narrowing, Requester, UsableToken } from './connections.ts';
import type { HeldBack } from './held-back.ts';
import type { Installation, Installations, OpenInstallation } from './installations.ts';
import type { OpenedSecrets } from './opened-secrets.ts';
import { type Pauses, rateLimited } from './pauses.ts';
import type { Registry } from './registry.ts';
import { openWorking, type Renewal } from './renewal.ts';
import { findStoredToken, lastUseIfAsRead, type Meant, type StoredToken } from './stored-tokens.ts';

/** Whoever asks for a token gets one that lasts at least this long, if it can be had. */
const LEAST_LIFE_MS = 5 * 60_000;
/** When a token was last used is noted at most this often. */
const USE_STAMP_MS = 60_000;

/** Makes tokens that may do less than their connection. */
export interface NarrowedTokens {
  /** @throws AppError `bad_input` for what cannot be cut down so, or the provider's trouble */
  mint(installation: Installation, narrowing: Narrowing): Promise<{ token: string; expiresAt: number | null }>;
  /** Ends one that nobody may get. Never throws. */
  discard(installation: Installation, token: string): Promise<void>;
}

/** Working tokens, and what a provider's refusal of one means. */
export interface TokenService {
  /**
   * A token for somebody outside this app. It is handed out with its row in the audit log, or not at all, and never
   * after the account was disconnected.
   * @throws AppError as `usable`; `bad_input` for a token that cannot be narrowed; `disk_full`
   */
  handOut(id: string, requester: Requester, narrowing: Narrowing | null): Promise<UsableToken>;
  /**
   * As `handOut`, in one step with finding the account, for programs that ask again and again.
   * @returns null where there is more to it: none or several are meant, or the token must be opened or renewed first, or
   *   it is not allowed
   * @throws AppError `disk_full`, `data_folder_unusable`, a vault code
   */
  handOutStored(meant: Meant, requester: Requester, isAllowed: IsAllowed): Promise<StoredToken | null>;
  /**
   * A token that works, for this app itself, renewed first where it must be. While a renewal fails for passing reasons,
   * the old token is good to its last second.
   * @throws AppError `not_connected`, `needs_reconnect`, `rate_limited`, a vault code, or the provider's trouble
   */
  usable(id: string): Promise<UsableToken>;
  /**
   * The provider itself refused `token`. If there is a newer one, or one to be had, that is the answer.
   * @param wasFresh a fresh token that is refused tells that the sign-in is over
   * @throws AppError `needs_reconnect`, after which the account is not used again, or passing trouble
   */
  afterRefusal(id: string, token: string, wasFresh: boolean): Promise<UsableToken>;
  /**
   * Renews the token, or asks the provider whether it still accepts one that cannot be renewed. A person asked for it,
   * so it does not wait for the next try; only a limit of the provider's holds it back.
   * @throws AppError as `usable`
   */
  check(id: string): Promise<void>;
}

export interface TokenServiceParts {
  installations: Installations;
  secrets: OpenedSecrets;
  registry: Registry;
  renewal: Renewal;
  pauses: Pauses;
  heldBack: HeldBack;
  handOuts: HandOuts;
  narrowed: NarrowedTokens;
  clock: Clock;
  logger: Logger;
}

export function createTokenService(parts: TokenServiceParts): TokenService {
  const { installations, secrets, registry, renewal, pauses, heldBack, handOuts, narrowed, clock, logger } = parts;

  const open = (id: string) => openWorking(installations, id);

  const expiresWithin = (ms: number, { refreshable, tokenSince, accessExpiresAt }: Installation): boolean =>
    refreshable && (tokenSince === null || (accessExpiresAt !== null && accessExpiresAt - clock.now() <= ms));

  const renewed = async (installation: OpenInstallation): Promise<OpenInstallation> => {
    const { id, accessToken } = installation;
    const reason = heldBack(installation);
    if (reason !== null) throw reason;
    await renewal.renew(id, accessToken);
    return open(id);
  };

  const renewedWhereDue = async (installation: OpenInstallation): Promise<OpenInstallation> => {
    const strangeness = registry.strangeness(installation);
    if (strangeness !== null && installation.tokenSince === null) throw strangeness;
    if (strangeness !== null || !expiresWithin(LEAST_LIFE_MS, installation)) return installation;
    try {
      return await renewed(installation);
    } catch (error) {
      if (hasCode(error, 'needs_reconnect', 'not_connected') || expiresWithin(0, installation)) throw error;
      return installation;
    }
  };

  const stampUse = async ({ id, lastUsedAt }: Installation): Promise<void> => {
    const now = clock.now();
    if (lastUsedAt !== null && now - lastUsedAt < USE_STAMP_MS) return;
    try {
      await installations.stampUsed(id, now);
    } catch (error) {
      // Nice to know, but no reason to refuse a token (on a full disk, say).
      logger.warn('the use of a token could not be noted', { connection: id, error });
    }
  };

  const use = async (installation: OpenInstallation): Promise<UsableToken> => {
    await stampUse(installation);
    return ownToken(installation);
  };

  const usable = async (id: string) => use(await renewedWhereDue(await open(id)));

  return {
    usable,
    async handOut(id, requester, narrowing) {
      // Again only if the account has changed meanwhile, which is then found out here: it is gone, or has another token.
      for (;;) {
        const installation = await renewedWhereDue(await open(id));
        const minted = narrowing === null ? null : await narrowed.mint(installation, narrowing);
        const token = { ...ownToken(installation), ...minted };
        const expiry = isoOrNull(token.expiresAt);
        let stands = false;
        try {
          const committed = await handOuts.commit((prepare) => {
            const lastUse = lastUseIfAsRead(prepare, installation);
            return lastUse && { installation, requester, lastUse, narrowing, expiry };
          });
          stands = committed !== null;
        } finally {
          if (!stands && minted !== null) await narrowed.discard(installation, minted.token);
        }
        if (stands) return token;
      }
    },
    handOutStored(meant, requester, isAllowed) {
      const goodUntil = clock.now() + LEAST_LIFE_MS;
      return handOuts.commit((prepare) => {
        const { host } = registry.get(meant.platform);
        return findStoredToken(prepare, secrets, { ...meant, host, requester, goodUntil });
      }, isAllowed);
    },
    async afterRefusal(id, token, wasFresh) {
      const installation = await open(id);
      // Replaced while its last request was under way: that tells nothing about the new one.
      if (installation.accessToken !== token) return usable(id);
      if (wasFresh || !installation.refreshable) throw await renewal.end(installation);
      return use(await renewed(installation));
    },
    async check(id) {
      const installation = await open(id);
      const provider = registry.serving(installation);
      const until = pauses.until(installation);
      if (until !== null) throw rateLimited(provider.name, until);
      if (installation.refreshable) return renewal.renew(id, installation.accessToken);
      try {
        await provider.identity(installation.accessToken);
      } catch (error) {
        throw hasCode(error, 'needs_reconnect') ? await renewal.end(installation) : error;
      }
    },
  };
}

function ownToken({ id, login, host, scopes, accessToken, accessExpiresAt }: OpenInstallation): UsableToken {
  return { token: accessToken, connectionId: id, login, host, expiresAt: accessExpiresAt, scopes };
}
