import { expect } from 'vitest';
import { until } from './connections-lab.ts';
import { type GitHubAppLab, openGitHubAppLab } from './github-app-lab.ts';
import { TEST_REQUESTER } from './requester.ts';

const MINUTE_MS = 60_000;
const MINTING = /^POST \/app\/installations\/\d+\/access_tokens$/;
/** What GitHub allows (docs.github.com, "Rate limits for the REST API"). */
const POINTS_A_MINUTE = 900;
const POINTS_OF_A_TOKEN = 5;
/** Far below GitHub's 100, which are for all that an account does. */
const MOST_AT_ONCE = 10;
/** As slow as GitHub is on a bad day. */
const LATENCY_MS = 1_500;
/** No token may come closer to its end. */
const LEAST_LIFE_MS = 2 * MINUTE_MS;

/** Many installations of one app whose tokens all end in one minute. */
export interface ManyInstallations {
  readonly desk: GitHubAppLab;
  /** All tokens end within one minute from then. @returns ms since the epoch */
  endTogether(inMs: number): Promise<number>;
  /** Lets time pass until then, ms since the epoch. @returns the least that was left of any token, ms */
  passUntil(time: number): Promise<number>;
  /** How many tokens have ended, or are missing. */
  stale(): Promise<number>;
  /** @throws AssertionError when GitHub does not accept the token of each */
  expectAllGood(): Promise<void>;
  /** @throws AssertionError for a burst beyond GitHub's limits. @returns how many tokens were made */
  expectNoBurst(): number;
  close(): Promise<void>;
}

export async function openManyInstallations(installations: number): Promise<ManyInstallations> {
  let latency = 0;
  const desk = await openGitHubAppLab({ background: true, latencyMs: () => latency });
  const { lab, app, add } = desk;
  const { clock, db, github } = lab;
  for (let number = 2; number <= installations; number += 1) {
    github.apps.install(app, { login: `org-${number}`, type: 'Organization' });
  }
  await add();
  expect(await lab.connections.list()).toHaveLength(installations);
  latency = LATENCY_MS;

  const ends = async () => {
    const rows = await db.selectFrom('installations').select('access_expires_at as end').execute();
    return rows.map(({ end }) => (end ?? 0) - clock.now());
  };
  const many: ManyInstallations = {
    desk,
    stale: async () => (await ends()).filter((left) => left <= 0).length,
    async endTogether(inMs) {
      const time = clock.now() + inMs;
      const tokens = github.apps.living();
      const rows = await db.selectFrom('installations').select(['id', 'external_installation_id as number']).execute();
      for (const [index, { id, number }] of rows.entries()) {
        const end = time + Math.floor((index * MINUTE_MS) / rows.length);
        await db.updateTable('installations').set({ access_expires_at: end }).where('id', '=', id).execute();
        for (const token of tokens) {
          const grant = github.apps.find(token);
          if (grant && String(grant.installation.id) === number) grant.expiresAt = end;
        }
      }
      lab.sent.length = 0;
      return time;
    },
    async passUntil(time) {
      let least = Number.POSITIVE_INFINITY;
      await lab.passUntil(async () => {
        least = Math.min(least, ...(await ends()));
        return clock.now() >= time;
      });
      return least;
    },
    async expectAllGood() {
      const ids = (await lab.connections.list()).map(({ id }) => id);
      for (const id of ids) {
        const { token } = await lab.connections.tokenOf(id, TEST_REQUESTER);
        const user = await desk.asks(token, '/installation/repositories');
        expect(user.status, id).toBe(200);
      }
    },
    expectNoBurst() {
      const minted = lab.sent.filter(({ route }) => MINTING.test(route));
      const within = (from: number, to: number) => minted.filter(({ at }) => at >= from && at < to).length;
      const most = (counts: number[]) => Math.max(0, ...counts);
      const aMinute = most(minted.map(({ at }) => within(at, at + MINUTE_MS)));
      expect(aMinute * POINTS_OF_A_TOKEN).toBeLessThan(POINTS_A_MINUTE);
      const underWay = (time: number) =>
        minted.filter(({ at, answeredAt }) => at <= time && time < (answeredAt ?? time));
      expect(most(minted.map(({ at }) => underWay(at).length))).toBeLessThanOrEqual(MOST_AT_ONCE);
      return minted.length;
    },
    async close() {
      // What is under way must be answered for the room to end.
      latency = 0;
      await clock.advance(LATENCY_MS);
      await lab.close();
    },
  };
  // The first token of each is made by the background, too.
  await lab.passUntil(async () => (await many.stale()) === 0);
  expect(many.expectNoBurst()).toBe(installations);
  return many;
}

/**
 * All tokens end in the same minute, while the app runs.
 * @throws AssertionError when one is not renewed well before that, or when GitHub is asked faster than it allows
 */
export async function keepManyFresh({ installations }: { installations: number }): Promise<void> {
  const many = await openManyInstallations(installations);
  try {
    const end = await many.endTogether(30 * MINUTE_MS);
    const least = await many.passUntil(end + 2 * MINUTE_MS);
    expect(least).toBeGreaterThan(LEAST_LIFE_MS);
    expect(many.expectNoBurst()).toBe(installations);
    await many.expectAllGood();
    expect(many.desk.lab.notices).toEqual([]);
  } finally {
    await many.close();
  }
}

/**
 * All tokens have ended while the machine slept.
 * @throws AssertionError when callers are not served before the background, when one is left behind, or when GitHub is
 *   asked faster than it allows
 */
export async function wakeToManyEnded({ installations }: { installations: number }): Promise<void> {
  const many = await openManyInstallations(installations);
  const { lab } = many.desk;
  try {
    const ids = (await lab.connections.list()).map(({ id }) => id);
    await many.endTogether(MINUTE_MS);
    lab.clock.jump(8 * 60 * MINUTE_MS);
    lab.scheduler.wake();
    await lab.pass(5_000);
    expect(await many.stale()).toBeGreaterThan(installations / 2);
    // Those that the background has not come to.
    const asked = Promise.all(ids.slice(-15).map((id) => lab.connections.tokenOf(id, TEST_REQUESTER)));
    let answered = false;
    void asked
      .catch(() => undefined)
      .then(() => {
        answered = true;
      });
    await lab.passUntil(() => answered);
    await asked;
    expect(await many.stale()).toBeGreaterThan(0);
    await lab.passUntil(async () => (await many.stale()) === 0);
    expect(many.expectNoBurst()).toBe(installations);
    await many.expectAllGood();
    await until(async () => (await lab.connections.list()).every(({ state }) => state === 'ok'));
  } finally {
    await many.close();
  }
}
