import type { Platform } from '../../shared/views.ts';
import { AppError } from '../core/errors.ts';
import type { Installation } from './installations.ts';

/**
 * The one account that is meant.
 *
 * @param account login, or host/login; both without regard to case, as providers treat them
 * @param isHere whether the account's server is the one set up now: another one's accounts are only meant by name
 * @throws AppError `not_connected`, `account_ambiguous`
 */
export function pickAccount<A extends Pick<Installation, 'platform' | 'host' | 'login'>>(
  accounts: A[],
  { platform, account, isHere }: { platform: Platform; account?: string | undefined; isHere(account: A): boolean },
): A {
  const ofPlatform = accounts.filter((candidate) => candidate.platform === platform);
  const wanted = account?.toLowerCase();
  const meant =
    wanted === undefined
      ? ofPlatform.filter(isHere)
      : ofPlatform.filter(
          ({ host, login }) => wanted === login.toLowerCase() || wanted === `${host}/${login}`.toLowerCase(),
        );
  const [first, second] = meant;
  if (!first) {
    const message = account === undefined ? 'No account is connected.' : `No account called ${account} is connected.`;
    throw new AppError('not_connected', message);
  }
  if (!second) return first;
  const names = meant.map(({ host, login }) => (wanted === undefined ? login : `${host}/${login}`)).join(', ');
  throw new AppError('account_ambiguous', `Several accounts are connected: ${names}.`);
}

/**
 * The account to use for work that any of them can do: the longest connected one that nothing stands in the way of,
 * else the one that may be asked soonest, else any, which then says itself what is wrong.
 */
export function pickForWork(
  installations: Installation[],
  pausedUntil: (installation: Installation) => number | null,
): Installation | undefined {
  const rank = (installation: Installation) =>
    installation.state === 'needs_reconnect' ? Number.POSITIVE_INFINITY : (pausedUntil(installation) ?? 0);
  return installations.toSorted((a, b) => (rank(a) === rank(b) ? a.createdAt - b.createdAt : rank(a) - rank(b)))[0];
}
