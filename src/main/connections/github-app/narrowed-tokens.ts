import type { Clock, Timer } from '../../core/clock.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Pace } from '../pace.ts';
import { type Pauses, rateLimited } from '../pauses.ts';
import type { Renewal } from '../renewal.ts';
import type { NarrowedTokens } from '../token-service.ts';
import type { InstallationTokens } from './installation-tokens.ts';
import { narrowingRequest, staysWithin } from './narrowing.ts';

/** GitHub knows no shorter time than its hour, so a narrowed token is revoked when this one is over. */
const LIFE_MS = 10 * 60_000;

export interface NarrowedInstallationTokens extends NarrowedTokens {
  /** The connection is gone, and its narrowed tokens go with it. */
  disconnected(id: string): void;
}

export interface NarrowedInstallationTokensParts {
  installationTokens: Pick<InstallationTokens, 'mintNarrowed' | 'revoke'>;
  pauses: Pauses;
  pace: Pick<Pace, 'turn'>;
  renewal: Pick<Renewal, 'end'>;
  clock: Clock;
  logger: Logger;
}

/** Tokens for one caller each: of an app's installation, good for less than it and for minutes. None is kept for another. */
export function createNarrowedTokens(parts: NarrowedInstallationTokensParts): NarrowedInstallationTokens {
  const { installationTokens, pauses, pace, renewal, clock, logger } = parts;
  /** Those alive, by connection. Whoever ends the process leaves them to GitHub's hour. */
  const alive = new Map<string, Map<string, Timer>>();

  const keep = (id: string, token: string) => {
    const tokens = alive.get(id) ?? new Map<string, Timer>();
    const timer = clock.after(LIFE_MS, () => void end(id, token));
    alive.set(id, tokens.set(token, timer));
  };

  const end = async (id: string, token: string): Promise<void> => {
    const tokens = alive.get(id);
    tokens?.get(token)?.cancel();
    tokens?.delete(token);
    if (tokens?.size === 0) alive.delete(id);
    try {
      await installationTokens.revoke(token);
    } catch (error) {
      logger.warn('a narrowed token could not be ended', { connection: id, error });
    }
  };

  return {
    async mint(installation, narrowing) {
      const { id, kind, login, host } = installation;
      if (kind !== 'app_installation') {
        throw new AppError('bad_input', `The token of ${login} cannot be narrowed: it is a person's own.`, {
          remedy: 'Name a connection of a GitHub App.',
        });
      }
      const request = narrowingRequest(narrowing, login);
      const until = pauses.until(installation);
      if (until !== null) throw rateLimited('GitHub', until);
      const turn = await pace.turn(host, 'caller');
      const { grant, answer } = await installationTokens
        .mintNarrowed(installation, request)
        .catch(async (thrown) => {
          const error = toAppError(thrown);
          if (error.code === 'needs_reconnect') throw await renewal.end(installation, error);
          if (error.code === 'rate_limited' && error.retryAt !== null) await pauses.begin(id, error.retryAt);
          throw error;
        })
        .finally(turn.end);
      const { accessToken: token, accessExpiresAt } = grant;
      keep(id, token);
      if (!staysWithin(answer, request)) {
        await end(id, token);
        throw new AppError('provider_error', 'GitHub made a token that may do more than was asked for.', {
          remedy: 'Your GitHub Enterprise Server may be too old to narrow tokens.',
        });
      }
      return { token, expiresAt: Math.min(accessExpiresAt ?? Number.POSITIVE_INFINITY, clock.now() + LIFE_MS) };
    },
    discard: ({ id }, token) => end(id, token),
    disconnected(id) {
      for (const token of alive.get(id)?.keys() ?? []) void end(id, token);
    },
  };
}
