import { describe, expect, it } from 'vitest';
import { noteStanding, rollUp } from '../../src/main/tracking/roll-ups.ts';
import { at, MONDAY, openTrackedRows, type TrackedRows } from '../support/tracked-rows.ts';

/** A repository that was looked at on a Tuesday. */
async function garden() {
  const rows = await openTrackedRows();
  const account = await rows.account('octocat');
  const id = await rows.repository([account], { looked_at: at(MONDAY + 1) });
  return { ...rows, id };
}

type Garden = TrackedRows & { id: number };

const sum = ({ db, id }: Garden, ...days: number[]) =>
  db.transaction().execute((transaction) => rollUp(transaction, id, days));

const daysOf = ({ db, id }: Garden) =>
  db.selectFrom('tracked_days').selectAll().where('repository_id', '=', id).orderBy('day').execute();

const commitEvents = ({ db, id }: Garden) =>
  db
    .selectFrom('tracked_events')
    .select(['once', 'at', 'noticed_at', 'actor', 'count'])
    .where('repository_id', '=', id)
    .orderBy('once')
    .execute();

const none = { stars: null, forks: null, open_issues: null };

describe('the sums of a day', () => {
  it('are those of the rows that are stored, each on its own day', async () => {
    const lab = await garden();
    await lab.commits(lab.id, [
      { committed_at: at(MONDAY, 0) },
      { committed_at: at(MONDAY + 1, 0) - 1, additions: 10, deletions: null },
      { committed_at: at(MONDAY + 1, 0) },
    ]);
    await lab.pullRequest(lab.id, { created_at: at(MONDAY) });
    await lab.pullRequest(lab.id, { created_at: at(MONDAY), state: 'merged', merged_at: at(MONDAY + 1) });
    await lab.release(lab.id, { published_at: at(MONDAY + 1) });
    const other = await lab.repository([]);
    await lab.commits(other, [{}]);
    await lab.pullRequest(other, {});

    await sum(lab, MONDAY, MONDAY + 1, MONDAY + 2, MONDAY);
    const day = { repository_id: lab.id, releases: 0, ...none };
    expect(await daysOf(lab)).toEqual([
      {
        ...day,
        day: MONDAY,
        commits: 2,
        additions: 13,
        deletions: 1,
        pull_requests_opened: 2,
        pull_requests_merged: 0,
      },
      {
        ...{ ...day, day: MONDAY + 1, commits: 1, additions: 3, deletions: 1, pull_requests_opened: 0 },
        ...{ pull_requests_merged: 1, releases: 1 },
      },
    ]);
  });

  it('follow commits that went again, to a day of nothing, which is no row', async () => {
    const lab = await garden();
    await lab.commits(lab.id, [{ oid: 'a' }, { oid: 'b' }]);
    await sum(lab, MONDAY);
    await lab.db.deleteFrom('tracked_commits').where('oid', '=', 'a').execute();
    await sum(lab, MONDAY);
    expect(await daysOf(lab)).toMatchObject([{ commits: 1, additions: 3 }]);
    await lab.db.deleteFrom('tracked_commits').execute();
    await sum(lab, MONDAY);
    expect(await daysOf(lab)).toEqual([]);
    expect(await commitEvents(lab)).toEqual([]);
  });

  it('outlive what they were summed up from', async () => {
    const lab = await garden();
    await lab.commits(lab.id, [{}, { committed_at: at(MONDAY + 1) }]);
    await sum(lab, MONDAY, MONDAY + 1);
    await lab.db.deleteFrom('tracked_commits').execute();
    await lab.db
      .updateTable('tracked_repositories')
      .set({ kept_from: MONDAY + 1 })
      .execute();
    await sum(lab, MONDAY, MONDAY + 1);
    expect(await daysOf(lab)).toMatchObject([{ day: MONDAY, commits: 1 }]);
  });

  it('leave out days before the epoch, and what is no day', async () => {
    const lab = await garden();
    await sum(lab, -1, Number.NaN, Number.POSITIVE_INFINITY, 0.5);
    await sum(lab);
    expect(await daysOf(lab)).toEqual([]);
  });

  it('stand beside how the repository stood, whose last word of a day counts', async () => {
    const lab = await garden();
    const note = (stars: number) =>
      lab.db
        .transaction()
        .execute((transaction) => noteStanding(transaction, lab.id, MONDAY, { stars, forks: 1, openIssues: 2 }));
    await lab.commits(lab.id, [{}]);
    await sum(lab, MONDAY);
    await note(5);
    await note(7);
    const standing = { stars: 7, forks: 1, open_issues: 2 };
    expect(await daysOf(lab)).toMatchObject([{ commits: 1, ...standing }]);
    await lab.db.deleteFrom('tracked_commits').execute();
    await sum(lab, MONDAY);
    expect(await daysOf(lab)).toMatchObject([{ commits: 0, ...standing }]);
  });
});

describe("the event of a day's commits", () => {
  it('is one, with their number, the time of the last and its author', async () => {
    const lab = await garden();
    await lab.commits(lab.id, [{ committed_at: at(MONDAY, 18) }, { committed_at: at(MONDAY, 6) }]);
    await sum(lab, MONDAY);
    await sum(lab, MONDAY);
    expect(await commitEvents(lab)).toEqual([
      { once: `commits:${MONDAY}`, at: at(MONDAY, 18), noticed_at: at(MONDAY + 1), actor: 'octocat', count: 2 },
    ]);
  });

  it('names nobody where several worked, or somebody who is not known', async () => {
    const lab = await garden();
    await lab.commits(lab.id, [
      {},
      { author_login: 'hubot' },
      { committed_at: at(MONDAY + 1) },
      { committed_at: at(MONDAY + 1), author_login: null },
    ]);
    await sum(lab, MONDAY, MONDAY + 1);
    expect(await commitEvents(lab)).toMatchObject([
      { actor: null, count: 2 },
      { actor: null, count: 2 },
    ]);
  });

  it('was noticed when it last changed', async () => {
    const lab = await garden();
    const lookAt = (looked_at: number) => lab.db.updateTable('tracked_repositories').set({ looked_at }).execute();
    await lab.commits(lab.id, [{}]);
    await sum(lab, MONDAY);
    await lookAt(at(MONDAY + 2));
    await sum(lab, MONDAY);
    expect(await commitEvents(lab)).toMatchObject([{ noticed_at: at(MONDAY + 1) }]);
    await lab.commits(lab.id, [{}]);
    await sum(lab, MONDAY);
    expect(await commitEvents(lab)).toMatchObject([{ count: 2, noticed_at: at(MONDAY + 2) }]);
  });
});
