import { describe, expect, it } from 'vitest';
import { chooseForGit } from '../../src/main/connections/git-credentials.ts';
import type { Installation } from '../../src/main/connections/installations.ts';
import { AppError } from '../../src/main/core/errors.ts';

type Traits = Partial<Pick<Installation, 'platform' | 'host' | 'kind' | 'state' | 'problem' | 'createdAt'>>;

/** An account that is known by its name in what is chosen. */
function account(login: string, traits: Traits = {}): Installation {
  return {
    ...{ id: login, login, platform: 'github', host: 'github.com', kind: 'user', state: 'ok', problem: null },
    ...{ name: null, externalInstallationId: null, appId: null, organisation: null, tokenGroup: null },
    ...{ way: 'device', clientId: '', scopes: [], permissions: {}, tokenPrefix: null, tokenSince: 0 },
    ...{ refreshable: true, accessExpiresAt: null, refreshExpiresAt: null, generation: 1, createdAt: 0 },
    ...{ refreshSince: null, toldOfEnd: null },
    ...{ lastRefreshedAt: null, lastUsedAt: null, lastUsedBy: null, pausedUntil: null },
    ...traits,
  };
}

const app = (login: string, traits: Traits = {}) => ({
  ...account(login, { kind: 'app_installation', ...traits }),
  id: `app of ${login}`,
});
const lapsed = { state: 'needs_reconnect' } as const;

const chosen = (accounts: Installation[], path: string | null, rest: { host?: string; username?: string } = {}) =>
  chooseForGit(accounts, { host: 'github.com', path, ...rest }).connectionId;

describe('the account that git gets a token of', () => {
  it('is none without an account on the host', () => {
    expect(chosen([], 'acme/garden.git')).toBeNull();
    expect(chosen([account('octocat', { host: 'git.example.com' })], 'octocat/garden.git')).toBeNull();
    expect(chosen([account('octocat', { platform: 'jira' })], 'octocat/garden.git')).toBeNull();
  });

  it('is on the very host, with its port', () => {
    const accounts = [account('octocat', { host: 'git.example.com:8443' })];
    expect(chosen(accounts, null, { host: 'git.example.com' })).toBeNull();
    expect(chosen(accounts, null, { host: 'GIT.example.com:8443' })).toBe('octocat');
  });

  it.each(['acme/garden.git', 'ACME/garden', '/acme/garden.git/', '//acme'])('is that of the owner in %s', (path) => {
    expect(chosen([account('octocat'), account('acme')], path)).toBe('acme');
  });

  it('is the app that is installed for the owner before any person', () => {
    expect(chosen([account('acme'), account('octocat'), app('acme')], 'acme/garden.git')).toBe('app of acme');
    expect(chosen([account('octocat'), app('acme')], 'acme/garden.git', { username: 'octocat' })).toBe('app of acme');
  });

  it('is not an app of another owner, or of one that git does not tell', () => {
    expect(chosen([app('acme')], 'octocat/garden.git')).toBeNull();
    for (const path of [null, '', '/']) expect(chosen([app('acme')], path)).toBeNull();
  });

  it('is the one that the address names', () => {
    const accounts = [account('octocat'), account('hubot'), account('acme')];
    expect(chosen(accounts, 'acme/garden.git', { username: 'Hubot' })).toBe('hubot');
    expect(chosen(accounts, 'acme/garden.git', { username: 'x-access-token' })).toBe('acme');
  });

  it('is any on the host for a repository of somebody else', () => {
    expect(chosen([account('octocat')], 'acme/garden.git')).toBe('octocat');
    expect(chosen([account('octocat')], null)).toBe('octocat');
  });

  it('is the one that was connected first where several fit alike', () => {
    const older = account('hubot', { createdAt: 1 });
    const newer = account('octocat', { createdAt: 2 });
    expect(chosen([newer, older], 'acme/garden.git')).toBe('hubot');
    expect(chosen([older, newer], 'acme/garden.git')).toBe('hubot');
  });

  it('is one that must be connected anew only where there is no other', () => {
    expect(chosen([account('acme', lapsed), account('octocat')], 'acme/garden.git')).toBe('octocat');
    expect(chosen([app('acme', lapsed), account('octocat')], 'acme/garden.git')).toBe('octocat');
    expect(chosen([account('acme', lapsed)], 'acme/garden.git')).toBe('acme');
    expect(chosen([app('acme', lapsed)], 'octocat/garden.git')).toBeNull();
  });
});

describe('why an account is taken', () => {
  it('is said of each, the best one first', () => {
    const accounts = [
      account('octocat'),
      app('globex'),
      account('acme', { host: 'git.example.com' }),
      account('hubot', lapsed),
      account('acme'),
      app('acme'),
      account('jane', { platform: 'slack' }),
    ];
    expect(chooseForGit(accounts, { host: 'github.com', path: 'acme/garden.git' }).candidates).toEqual([
      {
        connectionId: 'app of acme',
        account: 'github.com/acme',
        fits: true,
        reason: 'Your GitHub App is installed for acme, who owns the repository.',
      },
      {
        connectionId: 'acme',
        account: 'github.com/acme',
        fits: true,
        reason: 'It is the account of acme, who owns the repository.',
      },
      {
        connectionId: 'octocat',
        account: 'github.com/octocat',
        fits: true,
        reason: 'It is an account on github.com; whether it may read the repository, github.com decides.',
      },
      {
        connectionId: 'hubot',
        account: 'github.com/hubot',
        fits: true,
        reason: 'It needs you to sign in again. It is only taken where no other fits.',
      },
      {
        connectionId: 'app of globex',
        account: 'github.com/globex',
        fits: false,
        reason: 'The app is installed for globex, not for acme.',
      },
      {
        connectionId: 'acme',
        account: 'git.example.com/acme',
        fits: false,
        reason: 'It is an account on git.example.com, not on github.com.',
      },
    ]);
  });

  it('names the trouble of one that must be connected anew', () => {
    const problem = new AppError('needs_reconnect', 'The app was suspended.').toView();
    const { candidates } = chooseForGit([app('acme', { ...lapsed, problem })], { host: 'github.com', path: 'acme/x' });
    expect(candidates[0]?.reason).toBe('The app was suspended. It is only taken where no other fits.');
  });

  it('tells that git has to say more', () => {
    const { candidates } = chooseForGit([app('acme')], { host: 'github.com', path: null });
    expect(candidates[0]?.reason).toContain('credential.useHttpPath');
  });
});
