/**
 * Hard case 1: 50 callers ask for one expired token at once, 25 each from two processes. One upstream refresh; everyone
 * gets the new token.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { type BrokerProcess, startBrokerProcess } from '../support/broker-process.ts';
import { type BrokerRooms, connectAccount, expireTokens, openBrokerRooms } from '../support/broker-rooms.ts';
import { until } from '../support/connections-lab.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TOKEN_ENDPOINT = 'POST /login/oauth/access_token';
const CALLERS = 25;
const refreshing = (parameters: URLSearchParams) => parameters.get('grant_type') === 'refresh_token';

let github: EmulatedGitHub;
let rooms: BrokerRooms;
let processes: BrokerProcess[];
beforeEach(async () => {
  github = await startEmulatedGitHub({ releases: [] });
  const dataDir = temporaryFolder();
  rooms = await openBrokerRooms({ dataDir, github: github.url });
  await connectAccount(rooms);
  await expireTokens(rooms.db);
  github.requests.length = 0;
  const task = { dataDir, github: github.url };
  processes = await Promise.all([startBrokerProcess(task), startBrokerProcess(task)]);
});
afterEach(async () => {
  await Promise.all(processes.map((process) => process.end()));
  await rooms.close();
  await github.close();
});

const leases = () => rooms.db.selectFrom('installations').select('lease_holder').execute();
const expectOneToken = async (answers: string[][]) => {
  const tokens = new Set(answers.flat());
  expect(answers.map((got) => got.length)).toEqual([CALLERS, CALLERS]);
  expect([...tokens]).toEqual([expect.stringMatching(/^ghu_/)]);
  const [token] = tokens;
  const user = await fetch(`${github.apiUrl}/user`, { headers: { authorization: `Bearer ${token}` } });
  expect(await user.json()).toMatchObject({ login: 'octocat' });
};

it('one refresh, fifty equal answers, fifty rows in the audit log', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  github.fail({ match: TOKEN_ENDPOINT, when: refreshing, answer: { passAfter: held } });

  await Promise.all(processes.map((process) => process.ask(CALLERS)));
  await until(() => github.count(TOKEN_ENDPOINT) > 0);
  // The other process looks for the lease meanwhile, several times.
  await new Promise((resolve) => setTimeout(resolve, 400));
  letGo();

  await expectOneToken(await Promise.all(processes.map((process) => process.answers())));
  expect(github.count(TOKEN_ENDPOINT)).toBe(1);
  // The other process may have taken the lease once more, only to find the new token.
  expect(await leases()).toEqual([{ lease_holder: null }]);
  expect(await rooms.connections.audit.check()).toMatchObject([
    { verdict: 'safe', detail: expect.stringContaining(String(2 * CALLERS)) },
  ]);
});

it('again and again, whoever is first', async () => {
  for (let round = 1; round <= 5; round += 1) {
    await expireTokens(rooms.db);
    await Promise.all(processes.map((process) => process.ask(CALLERS)));
    await expectOneToken(await Promise.all(processes.map((process) => process.answers())));
    expect(github.count(TOKEN_ENDPOINT)).toBe(round);
  }
});
