/**
 * Hard case 2: `kill -9` after the provider rotated, before the new token is saved. At most one retry at the next start,
 * then `needs_reconnect`; no loop, nothing else lost.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { startBrokerProcess } from '../support/broker-process.ts';
import { type BrokerRooms, connectAccount, expireTokens, openBrokerRooms } from '../support/broker-rooms.ts';
import { until } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TOKEN_ENDPOINT = 'POST /login/oauth/access_token';
const refreshing = (parameters: URLSearchParams) => parameters.get('grant_type') === 'refresh_token';

let github: EmulatedGitHub;
let rooms: BrokerRooms;
let task: { dataDir: string; github: string };
beforeEach(async () => {
  github = await startEmulatedGitHub({ releases: [] });
  task = { dataDir: temporaryFolder(), github: github.url };
  rooms = await openBrokerRooms(task);
});
afterEach(async () => {
  await rooms.close();
  await github.close();
});

const token = (login: string) => rooms.connections.token('github', login, TEST_REQUESTER);
const restart = async () => {
  await rooms.close();
  rooms = await openBrokerRooms(task);
};

it('asks once more, then needs a reconnect; nothing else is lost', async () => {
  await connectAccount(rooms, 'octocat');
  const { connectionId } = await token('octocat');
  await expireTokens(rooms.db);
  await connectAccount(rooms, 'hubot');
  const hubot = await token('hubot');
  await rooms.close();
  github.requests.length = 0;

  const app = await startBrokerProcess(task);
  const rotated = github.fail({
    match: TOKEN_ENDPOINT,
    when: refreshing,
    answer: { answerAfter: new Promise(() => {}) },
  });
  await app.ask(1, 'octocat');
  await until(() => github.count(TOKEN_ENDPOINT) === 1);
  await app.kill();
  rotated();

  rooms = await openBrokerRooms(task);
  const left = await rooms.db
    .selectFrom('installations')
    .select('lease_until')
    .where('id', '=', connectionId)
    .execute();
  expect(left[0]?.lease_until).toBeGreaterThan(Date.now());
  // Half a minute later, when what the dead process held has ended by itself.
  await rooms.db
    .updateTable('installations')
    .set({ lease_until: Date.now() - 1 })
    .execute();

  const asked = await Promise.allSettled(Array.from({ length: 10 }, () => token('octocat')));
  expect(asked).toEqual(
    Array(10).fill({ status: 'rejected', reason: expect.objectContaining({ code: 'needs_reconnect' }) }),
  );
  expect(github.count(TOKEN_ENDPOINT)).toBe(2);

  await restart();
  await expect(token('octocat')).rejects.toMatchObject({ code: 'needs_reconnect', action: 'connect' });
  expect(github.count(TOKEN_ENDPOINT)).toBe(2);
  expect((await token('hubot')).token).toBe(hubot.token);
  expect(await rooms.connections.audit.check()).toMatchObject([{ verdict: 'safe' }]);

  await connectAccount(rooms, 'octocat');
  expect(await token('octocat')).toMatchObject({ connectionId, login: 'octocat' });
});

it('keeps nobody waiting for what the dead process held: the next start on the data folder ends that', async () => {
  await connectAccount(rooms, 'octocat');
  await expireTokens(rooms.db);
  await rooms.close();
  const alone = { ...task, alone: true };

  const app = await startBrokerProcess(alone);
  const unanswered = github.fail({ match: TOKEN_ENDPOINT, when: refreshing, answer: 'hang' });
  await app.ask(1, 'octocat');
  await until(() => github.count(`${TOKEN_ENDPOINT}`) === 2);
  await expect(openBrokerRooms(alone)).rejects.toMatchObject({ code: 'already_running' });
  await app.kill();
  unanswered();

  // One that is not alone must wait: the holder may live.
  rooms = await openBrokerRooms(task);
  const held = await rooms.db.selectFrom('installations').select(['lease_holder', 'lease_until']).executeTakeFirst();
  expect(held?.lease_holder).not.toBeNull();
  await restart();
  expect(await rooms.db.selectFrom('installations').select('lease_holder').executeTakeFirst()).toMatchObject({
    lease_holder: held?.lease_holder,
  });
  await rooms.close();

  rooms = await openBrokerRooms(alone);
  expect((await token('octocat')).token).toMatch(/^ghu_/);
  expect(Date.now()).toBeLessThan(held?.lease_until ?? 0);
  expect(github.count(TOKEN_ENDPOINT)).toBe(3);
});
