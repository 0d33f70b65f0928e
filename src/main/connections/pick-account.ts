import type { Platform } from '../../shared/connection-views.ts';
import { AppError } from '../core/errors.ts';
import type { Installation } from './installations.ts';

/**
 * The one account that is meant. A person and an app's installation may go by one name: then it is the person's own
 * token, unless a narrower one is wanted, which only an app can have.
 *
 * @param account login, host/login, or the organisation's name, id or name/login; all without regard to case, as providers
 *   treat them; or the connection's own id
 * @param isHere whether the account's server is the one set up now: another one's accounts are only meant by name
 * @throws AppError `not_connected`, `account_ambiguous`
 */
export function pickAccount<A extends Named & Pick<Installation, 'platform' | 'kind'>>(
  accounts: A[],
  {
    platform,
    account,
    isHere,
    narrow = false,
  }: { platform: Platform; account?: string | undefined; isHere(account: A): boolean; narrow?: boolean },
): A {
  const ofPlatform = accounts.filter((candidate) => candidate.platform === platform);
  const wanted = account?.toLowerCase();
  const named =
    wanted === undefined
      ? ofPlatform.filter(isHere)
      : ofPlatform.filter((candidate) => accountNames(candidate).some((name) => name.toLowerCase() === wanted));
  const ofKind = named.filter(({ kind }) => kind === (narrow ? 'app_installation' : 'user'));
  const meant = ofKind.length > 0 ? ofKind : named;
  const [first, second] = meant;
  if (!first) {
    const message = account === undefined ? 'No account is connected.' : `No account called ${account} is connected.`;
    throw new AppError('not_connected', message);
  }
  if (!second) return first;
  const names = meant.map((candidate) => tellingName(candidate, wanted !== undefined)).join(', ');
  throw new AppError('account_ambiguous', `Several accounts are connected: ${names}.`);
}

type Named = Pick<Installation, 'id' | 'host' | 'login' | 'organisation'>;

/** All that an account may be called, in the case it is written in. */
export function accountNames({ id, host, login, organisation }: Named): string[] {
  const names = [id, login, `${host}/${login}`];
  return organisation ? [...names, organisation.id, organisation.name, `${organisation.name}/${login}`] : names;
}

/** A name that tells it from others. @param loginIsShared whether its login alone would not */
export function tellingName({ host, login, organisation }: Named, loginIsShared: boolean): string {
  if (organisation && organisation.name !== login) return `${organisation.name}/${login}`;
  return loginIsShared ? `${host}/${login}` : login;
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
