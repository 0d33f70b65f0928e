/** The questions about repositories, over tables that the test fills. */
import { describe, expect, it } from 'vitest';
import { createQueries } from '../../src/main/tracking/queries/create-queries.ts';
import type { TrackingQueries } from '../../src/main/tracking/tracking.ts';
import { contract, type Output, type ProcedureName } from '../../src/shared/contract.ts';
import { fillWithMany } from '../support/many-tracked-rows.ts';
import { watchPlans } from '../support/query-plans.ts';
import { at, MONDAY, openTrackedRows, type TrackedRows } from '../support/tracked-rows.ts';

const NOW = at(MONDAY + 2);
const GITHUB = 'http://127.0.0.1:4000';
const LOCAL = '127.0.0.1:4000';

interface Desk extends TrackedRows {
  queries: TrackingQueries;
  plansOf(ask: () => Promise<unknown>): Promise<string[]>;
}

async function open(logins: Record<string, string> = { octocat: 'github.com' }): Promise<Desk> {
  const rows = await openTrackedRows();
  const watched = watchPlans(rows.db);
  const accounts = await Promise.all(
    Object.entries(logins).map(async ([login, host]) => ({
      connectionId: await rows.account(login, { host }),
      ...{ login, host },
    })),
  );
  const queries = createQueries({
    db: watched.db,
    githubUrl: GITHUB,
    accounts: async () => accounts,
    clock: { now: () => NOW },
  });
  return { ...rows, queries, plansOf: watched.plansOf };
}

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Every row, page by page. */
async function readAll<T>(ask: (cursor?: string) => Promise<Page<T>>): Promise<{ items: T[]; pages: number }> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  let pages = 0;
  do {
    const page: Page<T> = await ask(cursor ?? undefined);
    items.push(...page.items);
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== null);
  return { items, pages };
}

/** Held to the contract, too: an answer that the views do not fit would not get through its doors. */
const fits = <N extends ProcedureName>(name: N, answer: unknown) => contract[name].output.parse(answer) as Output<N>;

describe('repositories', () => {
  const SORTS = ['name', 'pushed', 'updated', 'stars', 'forks', 'issues', 'pull_requests'] as const;

  it.each(SORTS.flatMap((sort) => [[sort, 'asc'] as const, [sort, 'desc'] as const]))(
    'come by %s, %s, each once, whatever the size of the page',
    async (sort, direction) => {
      const { db, queries } = await open();
      await fillWithMany(db, { repositories: 57, now: NOW });
      const ids: number[][] = [];
      for (const limit of [7, 200]) {
        const { items } = await readAll((cursor) =>
          queries.repositories({ sort, direction, limit, ...(cursor === undefined ? {} : { cursor }) }),
        );
        ids.push(items.map(({ id }) => id));
      }
      expect(new Set(ids[0]).size).toBe(57);
      expect(ids[0]).toEqual(ids[1]);
      const { items } = await queries.repositories({ sort, direction, limit: 200 });
      const keys = items.map((item) => {
        const { pushedAt, updatedAt, stars, forks, openIssues, openPullRequests } = item;
        const name = `${item.owner}/${item.name}`;
        return {
          name,
          pushed: pushedAt ?? '',
          updated: updatedAt,
          stars,
          forks,
          issues: openIssues,
          pull_requests: openPullRequests,
        }[sort];
      });
      const sorted = keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      expect(keys).toEqual(direction === 'asc' ? sorted : sorted.reverse());
    },
  );

  it('are those that are tracked, unless others are asked for, or all', async () => {
    const { queries, repository } = await open();
    const tracked = await repository([], { stars: 2 });
    const leftOut = await repository([], { stars: 3, state: 'left_out' });
    const gone = await repository([], { stars: 1, state: 'gone' });
    const ids = async (state?: 'left_out' | 'gone' | 'any') =>
      (await queries.repositories({ sort: 'stars', ...(state && { state }) })).items.map(({ id }) => id);
    expect(await ids()).toEqual([tracked]);
    expect(await ids('left_out')).toEqual([leftOut]);
    expect(await ids('gone')).toEqual([gone]);
    expect(await ids('any')).toEqual([leftOut, tracked, gone]);
    const { items } = await readAll((cursor) =>
      queries.repositories({ sort: 'stars', state: 'any', limit: 1, ...(cursor && { cursor }) }),
    );
    expect(items.map(({ id }) => id)).toEqual([leftOut, tracked, gone]);
  });

  it('can be looked for, and what looks like a pattern is none', async () => {
    const { queries, repository } = await open();
    await repository([], { owner: 'acme', name: 'a_b', description: '100% tested', language: 'Go' });
    await repository([], { owner: 'acme', name: 'axb', description: 'Backslash \\ here', language: 'Rust' });
    await repository([], { owner: 'Other', name: 'garden', description: null, language: 'Go' });
    const names = async (question: Parameters<TrackingQueries['repositories']>[0]) => {
      const { items, total } = await queries.repositories({ sort: 'name', ...question });
      expect(total).toBe(items.length);
      return items.map(({ name }) => name);
    };
    expect(await names({ search: 'a_b' })).toEqual(['a_b']);
    expect(await names({ search: '0%' })).toEqual(['a_b']);
    expect(await names({ search: '%' })).toEqual(['a_b']);
    expect(await names({ search: '\\' })).toEqual(['axb']);
    expect(await names({ search: 'ACME/A' })).toEqual(['a_b', 'axb']);
    expect(await names({ owner: 'other' })).toEqual(['garden']);
    expect(await names({ language: 'Go' })).toEqual(['a_b', 'garden']);
    expect(await names({ search: "'; drop table tracked_repositories; --" })).toEqual([]);
  });

  it('tell their weeks, the trend of their stars, and how many there are in all', async () => {
    const { db, queries, repository } = await open();
    const id = await repository([], { stars: 12, pushed_at: null });
    const other = await repository([]);
    const days = [
      { day: MONDAY + 1, commits: 3, stars: 11 },
      { day: MONDAY - 1, commits: 5, stars: null },
      { day: MONDAY - 20, commits: 0, stars: 7 },
      { day: MONDAY - 60, commits: 0, stars: 1 },
      { day: MONDAY - 25 * 7, commits: 2, stars: null },
      { day: MONDAY - 25 * 7 - 1, commits: 100, stars: null },
    ];
    await db
      .insertInto('tracked_days')
      .values(days.map((day) => ({ repository_id: id, ...day })))
      .execute();

    const answer = fits('tracking.repositories', await queries.repositories({ limit: 1, sort: 'stars' }));

    expect(answer).toMatchObject({ total: 2, items: [{ id, stars: 12, starsTrend: 5, pushedAt: null }] });
    expect(answer.items[0]?.commitsByWeek).toEqual([2, ...Array(23).fill(0), 5, 3]);
    expect(await queries.summary(other)).toMatchObject({ starsTrend: 0, commitsByWeek: Array(26).fill(0) });
    const details = fits('tracking.repository', await queries.repository({ id }));
    expect(details.weeks).toHaveLength(104);
    expect(details.weeks.at(-1)).toEqual({ week: MONDAY, commits: 3, additions: 0, deletions: 0 });
    expect(details.starHistory.map(({ stars }) => stars)).toEqual([1, 7, 11]);
  });

  it('are counted anew once something was written', async () => {
    const { queries, repository } = await open();
    await repository([]);
    await repository([]);
    expect((await queries.repositories({ limit: 1 })).total).toBe(2);
    expect((await queries.repositories({ limit: 1 })).total).toBe(2);
    await repository([]);
    expect((await queries.repositories({ limit: 1 })).total).toBe(3);
  });

  it('are found by their address; a name on several servers wants the server', async () => {
    const { queries, repository } = await open();
    const id = await repository([], { owner: 'Acme', name: 'Tool' });
    await repository([], { owner: 'acme', name: 'tool', state: 'gone' });
    expect(await queries.byName('acme', 'TOOL')).toMatchObject({ id });
    const second = await repository([], { owner: 'acme', name: 'tool', host: 'git.acme.test' });
    await expect(queries.byName('acme', 'tool')).rejects.toMatchObject({ code: 'account_ambiguous' });
    expect(await queries.byName('acme', 'tool', 'git.acme.test')).toMatchObject({ id: second });
    await expect(queries.byName('acme', 'other')).rejects.toMatchObject({ code: 'not_found' });
    await expect(queries.summary(999)).rejects.toMatchObject({ code: 'not_found' });
    await expect(queries.repository({ id: 999 })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a cursor', () => {
  it('is good for its own question only, and for nothing that was changed on the way', async () => {
    const { db, queries } = await open();
    await fillWithMany(db, { repositories: 5, events: 9, commits: 30, pullRequests: 30, now: NOW });
    const { nextCursor } = await queries.repositories({ limit: 2, sort: 'stars' });
    const cursor = nextCursor ?? '';
    expect((await queries.repositories({ limit: 4, sort: 'stars', cursor })).items).toHaveLength(3);

    const refused: (() => Promise<unknown>)[] = [
      () => queries.repositories({ sort: 'name', cursor }),
      () => queries.repositories({ sort: 'stars', direction: 'asc', cursor }),
      () => queries.repositories({ sort: 'stars', search: 'a', cursor }),
      () => queries.activity({ cursor }),
      () => queries.pullRequests({ cursor }),
      () => queries.noticed({ since: '2026-01-01T00:00:00.000Z', cursor }),
      () => queries.export({ what: 'events', format: 'csv', cursor }),
      () => queries.commits({ repositoryId: 1, cursor }),
      () => queries.repositories({ sort: 'stars', cursor: 'x' }),
      () => queries.repositories({ sort: 'stars', cursor: '' }),
      () => queries.repositories({ sort: 'stars', cursor: cursor.slice(0, -4) }),
    ];
    const [hash] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    for (const place of [[0, 0], ['a', 1], [{}, 1], [], [null]]) {
      const made = Buffer.from(JSON.stringify([hash, ...place])).toString('base64url');
      refused.push(() => queries.repositories({ sort: 'stars', cursor: made }));
    }
    for (const ask of refused) await expect(ask()).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('carries the longest name of a branch', async () => {
    const { db, queries, repository } = await open();
    const id = await repository([]);
    const names = ['\u{1f33b}'.repeat(100), '"'.repeat(200)];
    for (const name of names) {
      const branch = { repository_id: id, name, head_oid: 'a', committed_at: null, pass: 0 };
      await db.insertInto('tracked_branches').values(branch).execute();
    }
    const { items } = await readAll(async (cursor) => {
      const input = contract['tracking.branches'].input.parse({ repositoryId: id, limit: 1, cursor });
      return fits('tracking.branches', await queries.branches(input));
    });
    expect(items.map(({ name }) => name).sort()).toEqual(names.toSorted());
  });
});

describe('commits, branches and releases', () => {
  it('come in their order, with the pages of GitHub that they are on', async () => {
    const { db, queries, repository, commits, release } = await open();
    const id = await repository([], { owner: 'a b', name: '../x', host: LOCAL, default_branch: 'main' });
    const oid = 'c0ffee'.padEnd(40, '0');
    await commits(id, [{ committed_at: at(MONDAY) }, { oid, committed_at: at(MONDAY, 15), author_login: null }]);
    for (const name of ['feature/ü?#', 'main']) {
      const branch = { repository_id: id, name, head_oid: 'a', committed_at: 5, pass: 0 };
      await db.insertInto('tracked_branches').values(branch).execute();
    }
    await release(id, { tag: 'v1/%2e', published_at: at(MONDAY) });

    const listed = fits('tracking.commits', await queries.commits({ repositoryId: id }));
    expect(listed.items.map(({ authoredAt: _, ...rest }) => rest.oid)[0]).toBe(oid);
    expect(listed.items[0]?.url).toBe(`${GITHUB}/a%20b/..%2Fx/commit/${oid}`);
    const branches = fits('tracking.branches', await queries.branches({ repositoryId: id }));
    expect(branches.items.map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['main', true],
      ['feature/ü?#', false],
    ]);
    expect(branches.items[1]?.url).toBe(`${GITHUB}/a%20b/..%2Fx/tree/feature/%C3%BC%3F%23`);
    const releases = fits('tracking.releases', await queries.releases({ repositoryId: id }));
    expect(releases.items[0]?.url).toBe(`${GITHUB}/a%20b/..%2Fx/releases/tag/v1/%252e`);

    const found = async (question: Omit<Parameters<TrackingQueries['commits']>[0], 'repositoryId'>) =>
      (await queries.commits({ repositoryId: id, ...question })).items.length;
    expect(await found({ search: 'C0FF' })).toBe(1);
    expect(await found({ search: 'water' })).toBe(2);
    expect(await found({ author: 'OctoCat' })).toBe(1);
    expect(await found({ since: new Date(at(MONDAY, 13)).toISOString() })).toBe(1);
    expect(await found({ until: new Date(at(MONDAY, 13)).toISOString() })).toBe(1);
    for (const ask of [queries.commits, queries.branches, queries.releases]) {
      await expect(ask({ repositoryId: 999 })).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('lead to no other place than the host of the repository', async () => {
    const { queries, repository } = await open();
    const id = await repository([], { owner: '..', name: '..', host: 'git.acme.test' });
    expect(new URL((await queries.summary(id)).url).host).toBe('git.acme.test');
    expect((await queries.summary(id)).url).toBe('https://git.acme.test/-/-');
  });
});

describe('pull requests', () => {
  it('that wait come by what presses most, of the person at that host only', async () => {
    const { queries, repository, pullRequest } = await open({ octocat: 'github.com', monalisa: 'git.acme.test' });
    const here = await repository([]);
    const there = await repository([], { host: 'git.acme.test' });
    const leftOut = await repository([], { state: 'left_out' });
    const ready = { author: 'octocat', review: 'approved', checks: 'success', mergeable: 'mergeable' };
    await pullRequest(here, { number: 1, ...ready });
    await pullRequest(here, { number: 2, reviewers: '["acme/team","Octocat"]', updated_at: at(MONDAY, 1) });
    await pullRequest(here, { number: 3, reviewers: '["octocat"]', updated_at: at(MONDAY, 2) });
    await pullRequest(here, { number: 4, ...ready, checks: 'failure' });
    await pullRequest(here, { number: 5, author: 'Octocat', review: 'changes_requested' });
    await pullRequest(here, { number: 6, reviewers: '["monalisa"]' });
    await pullRequest(here, { number: 7, ...ready, state: 'merged', merged_at: at(MONDAY) });
    await pullRequest(there, { number: 8, ...ready });
    await pullRequest(there, { number: 9, author: 'monalisa', mergeable: 'conflicting' });
    await pullRequest(leftOut, { number: 10, reviewers: '["octocat"]' });

    const answer = fits('tracking.pullRequests', await queries.pullRequests({ view: 'waiting' }));
    expect(answer.items.map(({ number, waitsFor }) => [number, waitsFor])).toEqual([
      [3, 'review'],
      [2, 'review'],
      [5, 'changes'],
      [9, 'conflicts'],
      [4, 'checks'],
      [1, 'merge'],
    ]);
    const { items } = await readAll((cursor) =>
      queries.pullRequests({ view: 'waiting', limit: 4, ...(cursor && { cursor }) }),
    );
    expect(items).toEqual(answer.items);
    const status = await queries.waiting();
    expect(status.waiting).toBe(6);
    expect(status.first).toHaveLength(5);
    expect(status.first[0]).toMatchObject({ number: 3, title: 'Add a pond' });

    await pullRequest(here, { number: 11, reviewers: '["octocat"]' });
    expect((await queries.waiting()).waiting).toBe(7);
  });

  it('are the person’s own, the last merged, of one repository, or looked for', async () => {
    const { queries, repository, pullRequest } = await open({ octocat: 'github.com' });
    const here = await repository([], { name: 'pond' });
    const there = await repository([], { host: 'git.acme.test' });
    await pullRequest(here, { number: 1, author: 'OCTOCAT', updated_at: at(MONDAY, 1) });
    await pullRequest(there, { number: 2, author: 'octocat' });
    await pullRequest(here, { number: 3, state: 'merged', merged_at: at(MONDAY, 3), updated_at: at(MONDAY, 9) });
    await pullRequest(here, { number: 4, state: 'merged', merged_at: at(MONDAY, 4), updated_at: at(MONDAY, 8) });
    await pullRequest(here, { number: 5, state: 'closed', title: '50% off', updated_at: at(MONDAY, 7) });
    const numbers = async (question: Parameters<TrackingQueries['pullRequests']>[0]) => {
      const { items } = await readAll((cursor) =>
        queries.pullRequests({ ...question, limit: 1, ...(cursor && { cursor }) }),
      );
      return items.map(({ number }) => number);
    };
    expect(await numbers({ view: 'mine' })).toEqual([1]);
    expect(await numbers({ view: 'merged' })).toEqual([4, 3]);
    expect(await numbers({})).toEqual([2, 3, 4, 5, 1]);
    expect(await numbers({ repositoryId: here })).toEqual([3, 4, 5, 1]);
    expect(await numbers({ repositoryId: here, state: 'open' })).toEqual([1]);
    expect(await numbers({ search: '50%' })).toEqual([5]);
    expect(await numbers({ search: 'pond #4' })).toEqual([4]);
  });

  it('are nobody’s where no account is connected', async () => {
    const { queries, repository, pullRequest } = await open({});
    await pullRequest(await repository([]), { author: 'octocat', reviewers: '["octocat"]', checks: 'failure' });
    expect(await queries.waiting()).toEqual({ waiting: 0, first: [] });
    for (const view of ['waiting', 'mine'] as const) {
      expect((await queries.pullRequests({ view })).items).toEqual([]);
    }
    expect((await queries.pullRequests({})).items).toHaveLength(1);
  });
});

describe('activity', () => {
  it('comes the latest first, each once, and by kind, repository, owner, words and time', async () => {
    const { queries, repository, event } = await open();
    const pond = await repository([], { owner: 'Acme', name: 'pond' });
    const other = await repository([], { state: 'gone' });
    const hidden = await repository([], { state: 'left_out' });
    await event(pond, { kind: 'stars', at: at(MONDAY, 1), before: '1', after: '2' });
    await event(pond, { kind: 'release', at: at(MONDAY, 2), title: 'One', after: 'v1.0' });
    await event(other, { kind: 'gone', at: at(MONDAY, 3) });
    await event(other, { kind: 'commits', at: at(MONDAY, 3), count: 4, actor: 'hubot' });
    await event(hidden, { kind: 'stars', at: at(MONDAY, 4) });
    await event(pond, { kind: 'pull_request_opened', at: at(MONDAY, 5), number: 7, title: 'Fill it' });
    const kinds = async (question: Parameters<TrackingQueries['activity']>[0] = {}) => {
      const { items } = await readAll(async (cursor) =>
        fits('tracking.activity', await queries.activity({ ...question, limit: 2, ...(cursor && { cursor }) })),
      );
      return items.map(({ kind }) => kind);
    };
    expect(await kinds()).toEqual(['pull_request_opened', 'commits', 'gone', 'release', 'stars']);
    expect(await kinds({ kinds: ['stars', 'gone', 'stars', 'commits'] })).toEqual(['commits', 'gone', 'stars']);
    expect(await kinds({ repositoryId: pond })).toEqual(['pull_request_opened', 'release', 'stars']);
    expect(await kinds({ repositoryId: hidden })).toEqual(['stars']);
    expect(await kinds({ owner: 'acme', kinds: ['release'] })).toEqual(['release']);
    expect(await kinds({ search: 'hub' })).toEqual(['commits']);
    expect(await kinds({ search: 'POND' })).toEqual(['pull_request_opened', 'release', 'stars']);
    const instant = (hour: number) => new Date(at(MONDAY, hour)).toISOString();
    expect(await kinds({ since: instant(2), until: instant(3) })).toEqual(['release']);

    const { items } = await queries.activity({});
    const base = (name: string) => `https://github.com/${name}`;
    const urls = items.map(({ url }) => url);
    const gone = items.find(({ kind }) => kind === 'gone')?.repository;
    expect(urls[0]).toBe(`${base('Acme/pond')}/pull/7`);
    expect(urls[1]).toBe(`${base(`${gone?.owner}/${gone?.name}`)}/commits?since=2026-11-02&until=2026-11-02`);
    expect(urls[3]).toBe(`${base('Acme/pond')}/releases/tag/v1.0`);
  });

  it('is told by when it was noticed to who comes back', async () => {
    const { queries, repository, event } = await open();
    const id = await repository([]);
    await event(id, { kind: 'release', at: at(MONDAY - 300), noticed_at: at(MONDAY, 5) });
    await event(id, { kind: 'stars', at: at(MONDAY, 4), noticed_at: at(MONDAY, 4) });
    await event(id, { kind: 'forks', at: at(MONDAY, 3), noticed_at: at(MONDAY, 3) });
    const { items } = await readAll((cursor) =>
      queries.noticed({ since: new Date(at(MONDAY, 4)).toISOString(), limit: 1, cursor }),
    );
    expect(items.map(({ kind }) => kind)).toEqual(['stars', 'release']);
  });
});

describe('contributions', () => {
  it('come for every day, with sums of weeks and in all, of one account or of all', async () => {
    const { db, queries, account } = await open({});
    const [one, two] = [await account('octocat'), await account('hubot')];
    await db
      .insertInto('tracked_accounts')
      .values({ connection_id: one, contributions_at: at(MONDAY) })
      .execute();
    const rows = [
      { connection_id: one, day: MONDAY, count: 3 },
      { connection_id: one, day: MONDAY - 1, count: 1 },
      { connection_id: two, day: MONDAY, count: 10 },
    ];
    await db.insertInto('tracked_contributions').values(rows).execute();
    const answer = fits('tracking.contributions', await queries.contributions({ connectionId: one, days: 7 }));
    expect(answer.days.at(-1)).toEqual({ day: MONDAY + 2, count: 0 });
    expect(answer.days.map(({ day }) => day)).toEqual(
      answer.days.map((_, index) => (answer.days[0]?.day ?? 0) + index),
    );
    expect(answer.weeks.at(-1)).toEqual({ week: MONDAY, count: 3 });
    expect(answer).toMatchObject({ total: 4, askedAt: new Date(at(MONDAY)).toISOString() });
    expect(await queries.contributions({ connectionId: two })).toMatchObject({ total: 10, askedAt: null });
  });
});

describe('the export', () => {
  it('joins up to one JSON array of every row, piece by piece', async () => {
    const { db, queries } = await open();
    await fillWithMany(db, { repositories: 3, commits: 4_500, now: NOW });
    for (const [what, count] of [
      ['commits', 4_500],
      ['repositories', 3],
      ['releases', 0],
    ] as const) {
      let text = '';
      let pieces = 0;
      let cursor: string | undefined;
      do {
        const piece = await queries.export({ what, format: 'json', ...(cursor && { cursor }) });
        text += piece.text;
        pieces += 1;
        cursor = piece.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(JSON.parse(text)).toHaveLength(count);
      expect(pieces).toBe(count > 4_000 ? 3 : 1);
    }
  });

  it('writes CSV that a spreadsheet reads and runs nothing of', async () => {
    const { queries, repository, commits } = await open();
    const id = await repository([], { owner: 'acme', name: 'pond', private: 1, description: '+1' });
    const headlines = ['=HYPERLINK("http://evil.test")', '@sum', '-2+3', '+4', '\tx', 'say "hi", you', 'plain'];
    await commits(
      id,
      headlines.map((headline, index) => ({ headline, body: 'two\nlines', oid: `${index}`, deletions: -0 })),
    );
    const { text } = await queries.export({ what: 'commits', format: 'csv' });
    const lines = text.split('\r\n');
    expect(lines[0]).toBe(
      'repository_host,repository,oid,author_name,author_login,authored_at,committed_at,headline,body,additions,deletions',
    );
    expect(lines).toHaveLength(headlines.length + 2);
    const shown = (line = '') => line.split('T12:00:00.000Z,')[2]?.split(',"two')[0];
    expect(lines.slice(1, -1).map(shown)).toEqual([
      `"'=HYPERLINK(""http://evil.test"")"`,
      `'@sum`,
      `'-2+3`,
      `'+4`,
      `'\tx`,
      '"say ""hi"", you"',
      'plain',
    ]);
    const table = await queries.export({ what: 'repositories', format: 'csv' });
    expect(table.text).toContain(`github.com,acme,pond,tracked,true,false,false,'+1,`);
  });

  it.each(['repositories', 'commits', 'pull_requests', 'branches', 'releases', 'events', 'days'] as const)(
    'has %s',
    async (what) => {
      const { db, queries, repository, commits, pullRequest, release, event } = await open();
      const id = await repository([]);
      await commits(id, [{}]);
      await pullRequest(id, {});
      await release(id, {});
      await event(id, {});
      const branch = { repository_id: id, name: 'main', head_oid: 'a', committed_at: null, pass: 0 };
      await db.insertInto('tracked_branches').values(branch).execute();
      await db.insertInto('tracked_days').values({ repository_id: id, day: MONDAY }).execute();
      const { text } = await queries.export({ what, format: 'json' });
      expect(JSON.parse(text)).toHaveLength(1);
      expect((await queries.export({ what, format: 'csv' })).text.split('\r\n')).toHaveLength(3);
    },
  );
});

describe('the plan of', () => {
  /** How the rows themselves are found: the first step, which goes to a place in an index that has them in order. */
  const steps = async (ask: (desk: Desk) => Promise<() => Promise<unknown>>) => {
    const desk = await open();
    await fillWithMany(desk.db, { repositories: 60, events: 90, commits: 90, pullRequests: 90, days: 2, now: NOW });
    return desk.plansOf(await ask(desk));
  };

  it.each(['pushed', 'updated', 'stars', 'forks', 'issues', 'pull_requests', 'name'] as const)(
    'a later page of repositories by %s goes to its place in an index',
    async (sort) => {
      const plan = await steps(async ({ queries }) => {
        const { nextCursor } = await queries.repositories({ sort, limit: 10 });
        return () => queries.repositories({ sort, limit: 10, cursor: nextCursor ?? '' });
      });
      expect(plan[0]).toMatch(/^SEARCH tracked_repositories USING INDEX \w+ \(state=\? AND .+[<>]\?\)$/);
      expect(plan[1]).toMatch(/^SEARCH tracked_days USING PRIMARY KEY/);
    },
  );

  it.each([
    ['activity', {}, /INDEX tracked_events_time \(at<\?\)/],
    ['activity of a kind', { kinds: ['stars' as const] }, /INDEX tracked_events_kind \(kind=\?/],
    ['activity of a repository', { repositoryId: 1 }, /INDEX tracked_events_of \(repository_id=\?/],
    ['activity since a day', { since: '2026-01-01T00:00:00.000Z' }, /INDEX tracked_events_time \(at>\? AND at<\?\)/],
  ])('%s goes through an index in order', async (_, question, expected) => {
    const plan = await steps(async ({ queries }) => {
      const { nextCursor } = await queries.activity({ ...question, limit: 1 });
      return () => queries.activity({ ...question, limit: 1, cursor: nextCursor ?? '' });
    });
    expect(plan.join('\n')).toMatch(expected);
    expect(plan.join('\n')).not.toContain('TEMP B-TREE');
    expect(plan.join('\n')).not.toContain('SCAN tracked');
  });

  it('commits, merged pull requests and all of them goes through an index in order', async () => {
    const ask: ((queries: TrackingQueries) => Promise<unknown>)[] = [
      (queries) => queries.commits({ repositoryId: 1 }),
      (queries) => queries.pullRequests({ view: 'merged' }),
      (queries) => queries.pullRequests({}),
      (queries) => queries.pullRequests({ repositoryId: 1 }),
      (queries) => queries.noticed({ since: '2026-01-01T00:00:00.000Z' }),
    ];
    for (const one of ask) {
      const plan = (
        await steps(
          async ({ queries }) =>
            () =>
              one(queries),
        )
      ).join('\n');
      expect(plan).not.toContain('TEMP B-TREE');
      expect(plan).not.toContain('SCAN tracked');
    }
  });

  it('what waits looks only at the person’s own and at those that somebody is asked for; and at nothing again', async () => {
    const plan = await steps(
      async ({ queries }) =>
        () =>
          queries.waiting(),
    );
    expect(plan.join('\n')).toContain('INDEX tracked_pull_requests_author (<expr>=? AND state=?)');
    expect(plan.join('\n')).toContain('INDEX tracked_pull_requests_asked');
    const again = await steps(async ({ queries }) => {
      await queries.waiting();
      return () => queries.waiting();
    });
    expect(again).toEqual(['SCAN CONSTANT ROW']);
  });
});
