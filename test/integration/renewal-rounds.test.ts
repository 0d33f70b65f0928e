/** The background of renewals: what it does, and what it leaves for later. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusals } from '../../src/main/demo/emulated-github.ts';
import { openAtlassianLab } from '../support/atlassian-lab.ts';
import { type GitHubAppLab, openGitHubAppLab } from '../support/github-app-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';

const MINUTE = 60_000;
const MINTING = 'POST /app/installations/*/access_tokens';
const INSTALLATIONS = 30;

describe('where many tokens are due', () => {
  let desk: GitHubAppLab;
  const lab = () => desk.lab;
  const minted = () => lab().github.count(MINTING);
  beforeEach(async () => {
    desk = await openGitHubAppLab({ background: true });
    for (let number = 2; number <= INSTALLATIONS; number += 1) {
      desk.lab.github.apps.install(desk.app, { login: `org-${number}`, type: 'Organization' });
    }
    await desk.add();
  });
  afterEach(() => lab().close());

  it.each([
    ['cannot be reached', 'reset' as const],
    ['asks for a pause', refusals.secondaryLimit(60)],
  ])('and the host %s, a round begins no more of them', async (_what, answer) => {
    const heal = lab().github.fail({ match: MINTING, answer });
    await lab().passUntil(() => minted() > 0);
    await lab().pass(30_000);
    expect(minted()).toBeLessThanOrEqual(8);
    heal();
    await lab().passUntil(async () =>
      (await lab().connections.list()).every(({ state, tokenSince }) => state === 'ok' && tokenSince !== null),
    );
    expect(lab().notices.filter(({ kind }) => kind === 'warning').length).toBeLessThanOrEqual(1);
  });

  it('and one of them is not to be had, the others are renewed all the same', async () => {
    const [first] = lab().github.apps.installations.values();
    lab().github.fail({ match: `POST /app/installations/${first?.id}/access_tokens`, answer: refusals.serverError() });
    const fresh = async () => (await lab().connections.list()).filter(({ tokenSince }) => tokenSince !== null).length;
    await lab().passUntil(async () => (await fresh()) === INSTALLATIONS - 1);
    expect(minted()).toBeGreaterThanOrEqual(INSTALLATIONS);
  });

  it('those that end go before those that nobody has asked for yet', async () => {
    const [asked] = (await lab().connections.list()).slice(-1);
    await lab().connections.tokenOf(asked?.id ?? '', TEST_REQUESTER);
    await lab()
      .db.updateTable('installations')
      .set({ access_expires_at: lab().clock.now() + 10 * MINUTE })
      .where('sealed_access_token', 'is not', null)
      .execute();
    await lab().passUntil(() => minted() >= 9);
    const [renewed] = (await lab().connections.list()).filter(({ id }) => id === asked?.id);
    expect(Date.parse(renewed?.tokenSince ?? '')).toBeGreaterThan(Date.parse(asked?.connectedAt ?? ''));
  });

  it('and the app ends, the next start goes on with them', async () => {
    await lab().passUntil(() => minted() > 0);
    desk = { ...desk, lab: await lab().restart() };
    await lab().passUntil(async () => (await lab().connections.list()).every(({ tokenSince }) => tokenSince !== null));
    expect(minted()).toBeLessThanOrEqual(INSTALLATIONS + 8);
  });
});

it('a host that hangs keeps no other waiting', async () => {
  const here = await openAtlassianLab({ background: true });
  const { lab } = here;
  try {
    await lab.connect();
    await here.connect();
    lab.github.fail({ match: 'POST /login/oauth/access_token', answer: 'hang' });
    lab.clock.jump(8 * 60 * MINUTE);
    lab.expectAnswers(false);
    await lab.passUntil(() => here.atlassian.refreshes === 1);
  } finally {
    await lab.clock.advance(20_000);
    await here.close();
  }
});
