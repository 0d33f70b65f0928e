import { describe, expect, it } from 'vitest';
import type { Connections } from '../../src/main/connections/connections.ts';
import { AppError } from '../../src/main/core/errors.ts';
import { createReader, type Reader } from '../../src/main/tracking/github/reader.ts';
import { createManualClock } from '../support/manual-clock.ts';

const NOW = Date.UTC(2026, 10, 2, 9);
const SIGNAL = new AbortController().signal;

/** A reader whose every question is answered with this. */
function answering(data: unknown, headers: Record<string, string> = {}): Reader {
  const request = Object.assign(async () => ({ data, status: 200, url: '', headers }), {
    endpoint: { DEFAULTS: { baseUrl: 'https://api.example.test' } },
  });
  const connections = { github: async () => ({ request }) } as unknown as Pick<Connections, 'github'>;
  return createReader({ connections, clock: createManualClock(NOW) });
}

const node = (own: object = {}) => ({
  ...{ __typename: 'Repository', databaseId: 1, id: 'R_1', owner: { login: 'octocat' }, name: 'garden' },
  ...{ isPrivate: false, isFork: false, isArchived: false, description: null, stargazerCount: 1, forkCount: 0 },
  ...{ createdAt: '2024-01-01T00:00:00Z', pushedAt: '2026-11-02T08:00:00Z', updatedAt: '2026-11-02T08:00:00Z' },
  ...{ languages: null, repositoryTopics: null, licenseInfo: null, watchers: { totalCount: 2 } },
  ...{ issues: { totalCount: 3 }, defaultBranchRef: { name: 'main', target: { oid: 'abc' } }, refs: { totalCount: 1 } },
  ...{ newestPullRequests: { totalCount: 0, nodes: [] }, openPullRequests: { totalCount: 0, nodes: [] } },
  ...{ releases: { totalCount: 0, nodes: [] } },
  ...own,
});

const look = (reader: Reader, ids = ['R_1']) => reader.look('connection', ids, SIGNAL);

describe('an answer that is whole only in part', () => {
  it('keeps what is there, and tells what is gone from what is only not shown', async () => {
    const answer = await look(
      answering({
        data: { nodes: [node(), null, null, null] },
        errors: [
          { type: 'NOT_FOUND', path: ['nodes', 1], message: 'Could not resolve to a node' },
          { type: 'FORBIDDEN', path: ['nodes', 2], message: 'SAML' },
          { path: ['nodes', 3], message: 'odd' },
        ],
      }),
      ['R_1', 'R_2', 'R_3', 'R_4'],
    );
    expect(answer.glances.map(({ name }) => name)).toEqual(['garden']);
    expect(answer.lost).toEqual(['R_2']);
    expect(answer.troubled.map(({ nodeId, error }) => [nodeId, error.code])).toEqual([
      ['R_3', 'forbidden'],
      ['R_4', 'provider_error'],
    ]);
  });

  it('says nothing of a part that the account may not see', async () => {
    const reader = answering({
      data: { nodes: [node({ newestPullRequests: null, openPullRequests: null, issues: null })] },
      errors: [{ type: 'FORBIDDEN', path: ['nodes', 0, 'openPullRequests'], message: 'not accessible' }],
    });
    const [glance] = (await look(reader)).glances;
    expect(glance).toMatchObject({ openIssues: null, openPullRequests: null, keys: { pull_requests: null } });
    expect(glance?.keys.head).toBe('abc main');
  });

  it('does not take a page with a gap for the whole', async () => {
    const branches = {
      pageInfo: { hasNextPage: false, endCursor: null },
      nodes: [{ name: 'main', target: { oid: 'abc', committedDate: '2026-11-02T08:00:00Z' } }, null],
    };
    const reader = answering({ data: { node: { refs: branches } }, errors: [{ path: ['node', 'refs', 'nodes', 1] }] });
    const answer = await reader.fetch(
      'connection',
      { nodeId: 'R_1', many: 100, some: 50, branches: { after: null } },
      SIGNAL,
    );
    expect(answer?.pages.branches).toMatchObject({ gaps: true, items: [{ name: 'main' }] });
  });

  it('tells a part that was left out from one that is empty', async () => {
    const reader = answering({
      data: { node: { refs: null } },
      errors: [{ type: 'FORBIDDEN', path: ['node', 'refs'] }],
    });
    const fetching = { nodeId: 'R_1', many: 100, some: 50, branches: { after: null } };
    const answer = await reader.fetch('connection', fetching, SIGNAL);
    expect(answer).toMatchObject({ pages: { branches: null }, withheld: { code: 'forbidden' } });
  });
});

describe('an answer that is none', () => {
  it.each([
    ['of an odd form', { data: { nodes: 'many' } }],
    ['with fewer repositories than asked for', { data: { nodes: [] } }],
    ['without data', { data: null, errors: [{ message: 'Parse error' }] }],
    ['that is no answer', 'hello'],
  ])('%s is trouble with GitHub, in words for a person', async (_, body) => {
    const trouble = await look(answering(body)).catch((error: unknown) => error);
    expect(trouble).toBeInstanceOf(AppError);
    expect(trouble).toMatchObject({ code: 'provider_error', message: expect.stringMatching(/^GitHub /) });
  });

  it('about one repository is the trouble of that one', async () => {
    const answer = await look(answering({ data: { nodes: [node(), node({ stargazerCount: '7' })] } }), ['R_1', 'R_2']);
    expect(answer.glances).toHaveLength(1);
    expect(answer.troubled).toMatchObject([{ nodeId: 'R_2', error: { code: 'provider_error' } }]);
  });

  it('speaks of a limit with status 200 and is a pause of just that length', async () => {
    const reader = answering(
      { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit already exceeded' }] },
      {
        date: new Date(NOW).toUTCString(),
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(NOW / 1_000 + 1_234),
      },
    );
    await expect(look(reader)).rejects.toMatchObject({ code: 'rate_limited', retryAt: NOW + 1_234_000 });
  });
});

describe('the keys of a look', () => {
  const keysOf = async (own: object, date = NOW) =>
    (await look(answering({ data: { nodes: [node(own)] } }, { date: new Date(date).toUTCString() }))).glances[0]?.keys;

  it('differ when a part has changed, and only then', async () => {
    const before = await keysOf({});
    expect(await keysOf({ stargazerCount: 99 })).toEqual(before);
    expect(await keysOf({ pushedAt: '2026-11-02T08:30:00Z' })).toEqual({
      ...before,
      branches: expect.not.stringMatching(`^${before?.branches}$`),
    });
    const moved = await keysOf({ defaultBranchRef: { name: 'main', target: { oid: 'def' } } });
    expect(moved?.head).not.toBe(before?.head);
    expect(moved?.pull_requests).toBe(before?.pull_requests);
  });

  it('of what changed within the second of the answer differ from those of the next look', async () => {
    const newest = { totalCount: 1, nodes: [{ number: 1, updatedAt: '2026-11-02T09:00:00Z' }] };
    const now = await keysOf({ newestPullRequests: newest }, NOW);
    const later = await keysOf({ newestPullRequests: newest }, NOW + 5_000);
    expect(now?.pull_requests).not.toBe(later?.pull_requests);
    expect(await keysOf({ newestPullRequests: newest }, NOW + 900_000)).toEqual(later);
  });
});
