/** People learn in time of sign-ins that end: once, and only of those that no renewal puts off. */
import { afterEach, describe, expect, it } from 'vitest';
import { refusals } from '../../src/main/demo/emulated-github.ts';
import { calendarDay } from '../../src/shared/calendar-day.ts';
import { openAtlassianLab, visitProvider } from '../support/atlassian-lab.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';
import { ACME, BETA } from '../support/fake-atlassian.ts';
import { startFakeHq } from '../support/fake-hq.ts';
import { createManualClock } from '../support/manual-clock.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let lab: ConnectionsLab;
/** The machine sleeps for so long, and the background has its rounds after it. */
const sleep = async (days: number) => {
  lab.clock.jump(days * DAY);
  await lab.pass(4 * MINUTE);
};
const ends = async () => (await lab.connections.list()).map(({ signInEndsAt }) => signInEndsAt);
const warnings = () => lab.notices.filter(({ title }) => title.startsWith('Sign in to '));

describe('a session of Trackeep HQ, which no renewal prolongs', () => {
  const openHq = async () => {
    const clock = createManualClock();
    const hq = await startFakeHq({ clock });
    closing.push(() => hq.close());
    lab = await openConnectionsLab({ clock, hq: { url: hq.url, apiUrl: hq.url }, background: true });
    closing.push(() => lab.close());
    return hq;
  };
  const connect = async () => {
    const flow = await lab.connections.begin({ platform: 'hq', way: 'web' });
    await lab.connections.callback('hq', await visitProvider(flow.authorizationUrl, {}));
  };

  it('is told of a week ahead, once, also across restarts, until the person signs in again', async () => {
    await openHq();
    await connect();
    const [{ refreshExpiresAt } = { refreshExpiresAt: null }] = await lab.connections.list();
    await sleep(20);
    expect(await ends()).toEqual([null]);
    await sleep(4);
    expect(await ends()).toEqual([refreshExpiresAt]);
    expect(warnings()).toMatchObject([
      { title: `Sign in to Trackeep HQ again by ${calendarDay(refreshExpiresAt ?? '')}`, page: 'connections' },
    ]);
    await sleep(1);
    expect(warnings()).toHaveLength(1);
    lab = await lab.restart();
    await sleep(1);
    expect(warnings()).toEqual([]);
    expect(await ends()).toEqual([refreshExpiresAt]);

    await connect();
    expect(await ends()).toEqual([null]);
    await sleep(24);
    expect(warnings()).toHaveLength(1);
  });

  it('is not told of where HQ gives a new one each time', async () => {
    const hq = await openHq();
    hq.rotating = true;
    await connect();
    for (let week = 1; week <= 6; week += 1) {
      await sleep(7);
      expect(await ends()).toEqual([null]);
    }
    expect(lab.notices).toEqual([]);
  });
});

describe('a sign-in that every renewal prolongs', () => {
  it('is told of once when renewals have failed for months, and no more when one succeeds', async () => {
    lab = await openConnectionsLab({ background: true });
    closing.push(() => lab.close());
    await lab.connect();
    const [{ refreshExpiresAt } = { refreshExpiresAt: null }] = await lab.connections.list();
    const daysLeft = (Date.parse(refreshExpiresAt ?? '') - lab.clock.now()) / DAY;
    lab.github.fail({ match: 'POST /login/oauth/access_token', answer: refusals.serverError() });
    await sleep(daysLeft - 30);
    expect(await ends()).toEqual([null]);
    await sleep(20);
    expect(await ends()).toEqual([refreshExpiresAt]);
    await sleep(1);
    expect(warnings()).toHaveLength(1);

    lab.github.heal();
    await lab.pass(20 * MINUTE);
    expect(await ends()).toEqual([null]);
    expect(warnings()).toHaveLength(1);
  });

  it('is not told of before the first renewal after a long sleep was tried', async () => {
    lab = await openConnectionsLab({ background: true });
    closing.push(() => lab.close());
    await lab.connect();
    lab.clock.jump(175 * DAY);
    expect(await ends()).toEqual([null]);
    await lab.pass(4 * MINUTE);
    expect(await ends()).toEqual([null]);
    expect(lab.notices).toEqual([]);
  });

  it('is told of once for all sites that share it', async () => {
    const here = await openAtlassianLab({ sites: [ACME, BETA], background: true });
    closing.push(() => here.close());
    ({ lab } = here);
    await here.connect();
    here.atlassian.fail('/oauth/token', { status: 503, body: '' }, 1_000);
    await sleep(80);
    const [first, second] = await ends();
    expect(first).not.toBeNull();
    expect(second).toBe(first);
    expect(warnings()).toHaveLength(1);
  });
});
