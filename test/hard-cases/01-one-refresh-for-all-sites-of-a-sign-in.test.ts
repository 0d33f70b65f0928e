/**
 * Hard case 1, of a token that several accounts share: 50 callers ask for the expired token of the sites of one sign-in at
 * once, 25 each from two processes. One upstream refresh; everyone gets the new token.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { JIRA_CALLBACK } from '../support/atlassian-lab.ts';
import { type BrokerProcess, startBrokerProcess } from '../support/broker-process.ts';
import { type BrokerRooms, connectSites, expireTokens, openBrokerRooms } from '../support/broker-rooms.ts';
import { until } from '../support/connections-lab.ts';
import { ACME, BETA, type FakeAtlassian, startFakeAtlassian } from '../support/fake-atlassian.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CALLERS = 25;
const SITES = [ACME.name, BETA.name, 'gamma'];
const TOKEN_ENDPOINT = '/oauth/token';

let atlassian: FakeAtlassian;
let rooms: BrokerRooms;
let processes: BrokerProcess[];
beforeEach(async () => {
  const gamma = { id: '33333333-cccc-4ccc-8ccc-000000000003', name: 'gamma', url: 'https://gamma.atlassian.net' };
  atlassian = await startFakeAtlassian({
    clock: systemClock(),
    redirectUri: JIRA_CALLBACK,
    sites: [ACME, BETA, gamma],
  });
  const task = { dataDir: temporaryFolder(), github: 'http://127.0.0.1:9', atlassian: atlassian.url };
  rooms = await openBrokerRooms(task);
  await connectSites(rooms);
  await expireTokens(rooms.db);
  processes = await Promise.all([startBrokerProcess(task), startBrokerProcess(task)]);
});
afterEach(async () => {
  await Promise.all(processes.map((process) => process.end()));
  await rooms.close();
  await atlassian.close();
});

const askAll = () => Promise.all(processes.map((process) => process.ask(CALLERS, SITES, 'jira')));
const expectOneToken = async () => {
  const answers = await Promise.all(processes.map((process) => process.answers()));
  expect(answers.map((got) => got.length)).toEqual([CALLERS, CALLERS]);
  const tokens = new Set(answers.flat());
  expect([...tokens]).toEqual([expect.stringMatching(/^eyJ/)]);
  expect([...tokens].map((token) => atlassian.accepts(token))).toEqual([true]);
};
const leases = () => rooms.db.selectFrom('installations').select(['lease_holder', 'lease_number']).execute();

it('one refresh, fifty equal answers, one lease for all sites', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  atlassian.fail(TOKEN_ENDPOINT, { passAfter: held });
  const asked = () => atlassian.requests.filter((request) => request === `POST ${TOKEN_ENDPOINT}`).length;
  const before = asked();

  await askAll();
  await until(() => asked() > before);
  // The other process looks for the lease meanwhile, several times.
  await new Promise((resolve) => setTimeout(resolve, 400));
  letGo();

  await expectOneToken();
  expect(asked()).toBe(before + 1);
  expect(atlassian.refreshes).toBe(1);
  // The other process may have taken the lease once more, only to find the new token.
  const [first, ...others] = await leases();
  expect(first).toEqual({ lease_holder: null, lease_number: expect.any(Number) });
  expect(others).toEqual([first, first]);
  expect(await rooms.connections.audit.check()).toMatchObject([
    { verdict: 'safe', detail: expect.stringContaining(String(2 * CALLERS)) },
  ]);
});

it('again and again, whichever site and process is first', async () => {
  for (let round = 1; round <= 5; round += 1) {
    await expireTokens(rooms.db);
    await askAll();
    await expectOneToken();
    expect(atlassian.refreshes).toBe(round);
  }
});
