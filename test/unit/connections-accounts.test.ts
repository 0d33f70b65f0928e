import { describe, expect, it } from 'vitest';
import { connectionView } from '../../src/main/connections/connection-view.ts';
import type { Installation } from '../../src/main/connections/installations.ts';
import { pickAccount, pickForWork } from '../../src/main/connections/pick-account.ts';
import { AppError } from '../../src/main/core/errors.ts';
import { ConnectionView } from '../../src/shared/connection-views.ts';

function account(change: Partial<Installation> = {}): Installation {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    platform: 'github',
    host: 'github.com',
    login: 'octocat',
    name: null,
    kind: 'user',
    externalInstallationId: null,
    appId: null,
    organisation: null,
    tokenGroup: null,
    state: 'ok',
    problem: null,
    way: 'device',
    clientId: 'Iv1',
    scopes: [],
    permissions: {},
    tokenPrefix: null,
    tokenSince: null,
    refreshable: true,
    accessExpiresAt: null,
    refreshExpiresAt: null,
    refreshSince: null,
    toldOfEnd: null,
    generation: 1,
    createdAt: 1,
    lastRefreshedAt: null,
    lastUsedAt: null,
    lastUsedBy: null,
    pausedUntil: null,
    ...change,
  };
}

describe('the account that is meant', () => {
  const octocat = account();
  const elsewhere = account({ host: 'github.example.com' });
  const hubot = account({ login: 'hubot' });
  const pick = (list: Installation[], name?: string) =>
    pickAccount(list, { platform: 'github', account: name, isHere: ({ host }) => host === 'github.com' });

  it('is the only one here, if none is named', () => {
    expect(pick([octocat, elsewhere])).toBe(octocat);
  });

  it('must be named where there are several', () => {
    expect(() => pick([octocat, hubot])).toThrow(
      expect.objectContaining({
        code: 'account_ambiguous',
        message: 'Several accounts are connected: octocat, hubot.',
      }),
    );
  });

  it('may be named in any case', () => {
    expect(pick([octocat, hubot], 'HuBot')).toBe(hubot);
  });

  it('is named with its host where the login is not enough', () => {
    expect(() => pick([octocat, elsewhere], 'octocat')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('github.example.com/octocat') }),
    );
    expect(pick([octocat, elsewhere], 'github.example.com/octocat')).toBe(elsewhere);
  });

  it('is named by its site or workspace, alone or with the login', () => {
    const site = (id: string, name: string) =>
      account({ organisation: { id, name, url: null }, id: `00000000-0000-4000-8000-00000000000${id}` });
    const acme = site('2', 'Acme');
    const beta = site('3', 'Beta');
    for (const name of ['acme', '2', 'ACME/octocat']) expect(pick([acme, beta], name)).toBe(acme);
    expect(() => pick([acme, beta])).toThrow(
      expect.objectContaining({ message: 'Several accounts are connected: Acme/octocat, Beta/octocat.' }),
    );
    expect(() => pick([acme, beta], 'octocat')).toThrow(expect.objectContaining({ code: 'account_ambiguous' }));
  });

  it('is never a guess', () => {
    expect(() => pick([])).toThrow(expect.objectContaining({ code: 'not_connected' }));
    expect(() => pick([elsewhere])).toThrow(expect.objectContaining({ code: 'not_connected' }));
    expect(() => pick([octocat], 'octo')).toThrow(expect.objectContaining({ code: 'not_connected' }));
  });
});

describe('the account for work that any can do', () => {
  const pick = (...list: Installation[]) => pickForWork(list, ({ pausedUntil }) => pausedUntil)?.login;
  const ended = account({ login: 'ended', state: 'needs_reconnect', createdAt: 1 });
  const paused = account({ login: 'paused', pausedUntil: 200, createdAt: 2 });
  const soonBack = account({ login: 'soon back', pausedUntil: 100, createdAt: 3 });
  const first = account({ login: 'first', createdAt: 4 });
  const second = account({ login: 'second', createdAt: 5 });

  it('is the longest connected one that works, else the one back soonest, else any', () => {
    expect(pick(second, ended, paused, first)).toBe('first');
    expect(pick(ended, paused, soonBack)).toBe('soon back');
    expect(pick(ended)).toBe('ended');
    expect(pick()).toBeUndefined();
  });
});

describe('the state of an account', () => {
  const vaultProblem = new AppError('vault_locked', 'Locked.').toView();
  const pause = { until: 10_000, error: new AppError('rate_limited', 'Later.', { retryAt: 10_000 }) };
  const outage = new AppError('offline', 'Offline.');
  const sso = new AppError('sso_required', 'Sign in.', { url: 'https://github.com/orgs/acme/sso' });
  const fine = { now: 0, vaultProblem: null, renewing: false, pause: null, outage: null, sso: null };

  it.each([
    [
      'needs_reconnect',
      account({ state: 'needs_reconnect' }),
      { ...fine, vaultProblem, renewing: true, pause, outage, sso },
    ],
    ['vault_closed', account(), { ...fine, vaultProblem, renewing: true, pause, outage, sso }],
    ['refreshing', account(), { ...fine, renewing: true, pause, outage, sso }],
    ['paused', account(), { ...fine, pause, outage, sso }],
    ['unreachable', account(), { ...fine, outage, sso }],
    ['ok', account(), { ...fine, sso }],
    ['ok', account(), fine],
  ])('is %s before all that weighs less', (state, installation, circumstances) => {
    const view = connectionView(installation, circumstances);
    expect(view.state).toBe(state);
    expect(ConnectionView.safeParse(view).success).toBe(true);
  });

  it('comes with the reason', () => {
    expect(connectionView(account(), { ...fine, outage }).problem?.message).toBe('Offline.');
    expect(connectionView(account(), { ...fine, pause })).toMatchObject({
      pausedUntil: '1970-01-01T00:00:10.000Z',
      problem: { code: 'rate_limited' },
    });
    expect(connectionView(account(), { ...fine, sso }).problem?.url).toBe('https://github.com/orgs/acme/sso');
  });
});
