import { afterEach, describe, expect, it } from 'vitest';
import { generateAccount, truth } from '../support/tracked-account.ts';
import { storedTruth } from '../support/tracked-database.ts';
import { openTrackingLab, type TrackingLab, type TrackingLabOptions } from '../support/tracking-lab.ts';

let lab: TrackingLab | undefined;
afterEach(() => lab?.close());

async function open(options: TrackingLabOptions): Promise<TrackingLab> {
  lab = await openTrackingLab(options);
  return lab;
}

describe('the first sync', () => {
  it('stores everything that is true of the chosen repositories, and nothing else', async () => {
    const { world, db, settings, current } = await open({
      world: (clock) => generateAccount({ seed: 1, repositories: 60, commits: 3_000, clock }),
    });
    await current();
    const expected = truth(world, 'octocat', settings.get().tracking.choice);
    expect(expected.size).toBeGreaterThan(30);
    expect(await storedTruth(db)).toEqual(expected);
  });

  it('tells how far it has come', async () => {
    const { bus, account, current } = await open({
      world: (clock) => generateAccount({ seed: 2, repositories: 30, commits: 400, clock }),
    });
    const seen: { state: string; repositories: number; synced: number }[] = [];
    bus.on(
      'tracking',
      () => void account().then(({ state, repositories, synced }) => seen.push({ state, repositories, synced })),
    );
    await current();
    const last = await account();
    expect(last).toMatchObject({ firstSyncDone: true, state: 'current', problem: null });
    expect(last.synced).toBe(last.repositories);
    expect(last.syncedAt).not.toBeNull();
  });

  it('costs one request for a hundred repositories the second time, and nothing else', async () => {
    const first = await open({
      world: (clock) => generateAccount({ seed: 3, repositories: 230, commits: 600, clock }),
    });
    await first.current();
    const { world } = first;
    first.asked();
    lab = await first.restart();
    await lab.current();
    const listed = [...world.repositories.values()].filter((one) => world.affiliation('octocat', one) !== null).length;
    const asked = lab.asked();
    // How many contributions there are is asked for regularly, whatever the repositories do.
    const contributions = 1;
    expect(asked.filter((request) => request !== 'POST /graphql')).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(Math.ceil(listed / 100) + contributions);
  }, 120_000);

  it('is done at once for somebody without repositories', async () => {
    const { current, account, asked } = await open({});
    await current();
    expect(await account()).toMatchObject({ repositories: 0, synced: 0, firstSyncDone: true, state: 'current' });
    expect(asked().length).toBeLessThanOrEqual(2);
  });

  it('takes only what the person has chosen, and follows when they choose otherwise', async () => {
    const { world, db, settings, choose, current, passUntil, account } = await open({
      world: (clock) => generateAccount({ seed: 5, repositories: 60, commits: 300, clock }),
      tracking: { choice: { from: 'all', owners: ['Acme'], topics: [], archived: true, forks: true } },
    });
    await current();
    const { tracking } = settings.get();
    expect((await storedTruth(db)).size).toBeGreaterThan(1);
    expect(await storedTruth(db)).toEqual(truth(world, 'octocat', tracking.choice));

    const starred = { from: 'starred', owners: [], topics: [], archived: false, forks: false } as const;
    choose({ choice: { ...starred, owners: [], topics: [] } });
    await passUntil(async () => (await account()).state === 'listing' || (await storedTruth(db)).size > 15);
    await current();
    const expected = truth(world, 'octocat', { ...starred, owners: [], topics: [] });
    expect(expected.size).toBeGreaterThan(10);
    expect(await storedTruth(db)).toEqual(expected);
  });
});
