import type { CredentialChoice, GitAddress } from './connections.ts';
import type { Installation } from './installations.ts';

/** Why an account fits a repository's address, the best reason first. */
const REASONS = {
  installed: (owner: string) => `Your GitHub App is installed for ${owner}, who owns the repository.`,
  named: (login: string) => `The address names ${login}.`,
  owner: (owner: string) => `It is the account of ${owner}, who owns the repository.`,
  host: (host: string) => `It is an account on ${host}; whether it may read the repository, ${host} decides.`,
  // Better than none: whoever asks for its token is told what to do.
  lapsed: (problem: string) => `${problem} It is only taken where no other fits.`,
} as const;
const RANKS = Object.keys(REASONS) as (keyof typeof REASONS)[];

/**
 * Which account git gets a token of for an address: by host, then by who owns the repository. An app's installation goes
 * before a person's own account, since its token may do less and ends sooner. Of several that fit equally well, the one
 * that was connected first, so that the answer is the same each time.
 */
export function chooseForGit(accounts: readonly Installation[], address: GitAddress): CredentialChoice {
  const judged = accounts
    .filter((account) => account.platform === 'github')
    .map((account) => ({ account, ...judge(account, address) }))
    .toSorted((a, b) => a.rank - b.rank || a.account.createdAt - b.account.createdAt);
  const best = judged.find(({ fits }) => fits);
  return {
    connectionId: best?.account.id ?? null,
    candidates: judged.map(({ account, fits, reason }) => ({
      connectionId: account.id,
      account: `${account.host}/${account.login}`,
      fits,
      reason,
    })),
  };
}

function judge({ host, login, kind, state, problem }: Installation, address: GitAddress) {
  if (!sameName(host, address.host)) return unfitting(`It is an account on ${host}, not on ${address.host}.`);
  const owner = ownerIn(address.path);
  const isOwner = owner !== null && sameName(login, owner);
  const isApp = kind === 'app_installation';
  if (isApp && owner === null) return unfitting('Git did not tell the repository: switch on credential.useHttpPath.');
  if (isApp && !isOwner) return unfitting(`The app is installed for ${login}, not for ${owner}.`);
  if (state === 'needs_reconnect') return fitting('lapsed', problem?.message ?? 'It needs you to sign in again.');
  if (isApp) return fitting('installed', login);
  if (address.username !== undefined && sameName(login, address.username)) return fitting('named', login);
  return isOwner ? fitting('owner', login) : fitting('host', host);
}

function ownerIn(path: string | null): string | null {
  return path?.split('/').find((segment) => segment !== '') ?? null;
}

/** GitHub's names, and those of hosts, are the same in either case. */
function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function unfitting(reason: string) {
  return { fits: false, rank: RANKS.length, reason };
}

function fitting(why: keyof typeof REASONS, what: string) {
  return { fits: true, rank: RANKS.indexOf(why), reason: REASONS[why](what) };
}
