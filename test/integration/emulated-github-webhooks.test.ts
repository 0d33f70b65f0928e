/** Webhooks of the emulated GitHub: what is told of each change, and how it is sent. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhooks } from '@octokit/webhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import type { World, WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { createManualClock } from '../support/manual-clock.ts';

// Of no account: it signs and checks what this file makes up.
const SECRET = 'a-secret-of-this-test';

let github: EmulatedGitHub;
let world: World;
let repository: WorldRepository;
let server: Server;
let received: { headers: IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  github = await startEmulatedGitHub({ clock: createManualClock(), releases: [] });
  ({ world } = github);
  repository = world.addRepository({ owner: 'octocat', name: 'garden' });
  world.push(repository, { commits: 3 });
  received = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await github.close();
});

const receiver = () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, secret: SECRET });

/** What was told since, event by event. */
function told(change: () => unknown): Record<string, Record<string, unknown>> {
  for (const delivery of github.deliveries.pending()) github.deliveries.drop(delivery);
  change();
  return Object.fromEntries(github.deliveries.pending().map(({ event, body }) => [event, JSON.parse(body)]));
}

describe('a change is told of', () => {
  const account = (login: string) => expect.objectContaining({ login, type: 'User' });

  it('to a branch as a push', () => {
    const before = repository.branches.get('main');
    const { push } = told(() => world.push(repository, { commits: [{ message: 'Water <b>it</b>' }], by: 'hubot' }));
    const after = repository.branches.get('main');
    expect(push).toMatchObject({
      ...{ ref: 'refs/heads/main', before, after, created: false, deleted: false, forced: false },
      commits: [{ id: after, message: 'Water <b>it</b>' }],
      head_commit: { id: after },
      repository: { id: repository.id, full_name: 'octocat/garden', pushed_at: Date.UTC(2026, 10, 2, 9) / 1_000 },
      ...{ pusher: { name: 'hubot' }, sender: account('hubot') },
    });
    expect(told(() => world.forcePush(repository, { drop: 2 })).push).toMatchObject({ before: after, forced: true });
  });

  it('that makes or ends a branch as create and delete, too', () => {
    const made = told(() => world.createBranch(repository, 'topic'));
    expect(made.create).toMatchObject({ ref: 'topic', ref_type: 'branch', master_branch: 'main' });
    expect(made.push).toMatchObject({ created: true, before: '0'.repeat(40) });
    const ended = told(() => world.deleteBranch(repository, 'topic'));
    expect(ended.delete).toMatchObject({ ref: 'topic', ref_type: 'branch' });
    expect(ended.push).toMatchObject({ deleted: true, after: '0'.repeat(40), head_commit: null });
  });

  it('to a pull request, its reviews and its checks', () => {
    world.push(repository, { branch: 'topic' });
    const opened = told(() => world.openPullRequest(repository, { head: 'topic', title: 'A topic', author: 'hubot' }));
    expect(opened.pull_request).toMatchObject({
      ...{ action: 'opened', number: 1, pull_request: { title: 'A topic', user: account('hubot'), merged: false } },
    });
    const asked = told(() => world.requestReview(repository, 1, 'mona'));
    expect(asked.pull_request).toMatchObject({ action: 'review_requested', requested_reviewer: account('mona') });
    const team = told(() => world.requestReview(repository, 1, 'acme/gardeners'));
    expect(team.pull_request).toMatchObject({ requested_team: { slug: 'gardeners' } });
    const reviewed = told(() => world.review(repository, 1, { author: 'mona', state: 'APPROVED' }));
    expect(reviewed.pull_request_review).toMatchObject({
      action: 'submitted',
      review: { state: 'approved', user: account('mona') },
    });
    const checked = told(() => world.setChecks(repository, 1, 'FAILURE'));
    expect(checked.check_suite).toMatchObject({
      action: 'completed',
      check_suite: { conclusion: 'failure', head_branch: 'topic' },
    });
    const pushed = told(() => world.push(repository, { branch: 'topic' }));
    expect(pushed.pull_request).toMatchObject({ action: 'synchronize', after: repository.branches.get('topic') });
    const merged = told(() => world.merge(repository, 1));
    expect(merged.pull_request).toMatchObject({ action: 'closed', pull_request: { merged: true, state: 'closed' } });
  });

  it.each<[string, string, (it: WorldRepository) => unknown, object]>([
    ['stars', 'star', (it) => world.star(it, 'mona'), { action: 'created', repository: { stargazers_count: 1 } }],
    ['forks', 'fork', (it) => world.fork(it, 'mona'), { forkee: { full_name: 'mona/garden', fork: true } }],
    ['issues', 'issues', (it) => world.openIssue(it, { title: 'Dry' }), { action: 'opened', issue: { title: 'Dry' } }],
    [
      'releases',
      'release',
      (it) => world.publishRelease(it, { tag: 'v1' }),
      { action: 'published', release: { tag_name: 'v1' } },
    ],
    [
      'its name',
      'repository',
      (it) => world.renameTo(it, 'new'),
      { action: 'renamed', changes: { repository: { name: { from: 'garden' } } } },
    ],
    [
      'its owner',
      'repository',
      (it) => world.transfer(it, 'mona'),
      { action: 'transferred', repository: { full_name: 'mona/garden' } },
    ],
    ['its archive', 'repository', (it) => world.archive(it), { action: 'archived', repository: { archived: true } }],
    [
      'who sees it',
      'repository',
      (it) => world.makePrivate(it),
      { action: 'privatized', repository: { private: true } },
    ],
    [
      'its end',
      'repository',
      (it) => world.remove(it),
      { action: 'deleted', repository: { full_name: 'octocat/garden' } },
    ],
  ])('to %s', (_, event, change, payload) => {
    expect(told(() => change(repository))[event]).toMatchObject(payload);
  });
});

describe('a delivery', () => {
  it('is signed so that others can check it, and carries its own name', async () => {
    await github.deliveries.sendAll(receiver());
    expect(github.deliveries.pending()).toEqual([]);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const webhooks = new Webhooks({ secret: SECRET });
    expect(await webhooks.verify(body, String(headers['x-hub-signature-256']))).toBe(true);
    expect(await webhooks.verify(`${body} `, String(headers['x-hub-signature-256']))).toBe(false);
    expect(headers).toMatchObject({
      'x-github-event': 'create',
      'x-github-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('comes as often and in the order that the test wants', async () => {
    const [create, push] = github.deliveries.pending();
    if (!create || !push) throw new Error('both were told of');
    expect(await github.deliveries.send(push, receiver())).toBe(202);
    await github.deliveries.send(push, { ...receiver(), secret: null });
    github.deliveries.drop(create);
    expect(github.deliveries.pending()).toEqual([]);
    await github.deliveries.send(github.deliveries.ping(), receiver());
    const names = received.map(({ headers }) => [headers['x-github-event'], headers['x-github-delivery']]);
    expect(names).toEqual([
      ['push', push.id],
      ['push', push.id],
      ['ping', expect.any(String)],
    ]);
    expect(received[1]?.headers['x-hub-signature-256']).toBeUndefined();
  });
});
