import type { Transaction } from 'kysely';
import { DAY_MS } from '../../../shared/durations.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Release } from '../model.ts';
import type { Happening } from './events.ts';

const dayOf = (time: number) => Math.floor(time / DAY_MS);

/** @returns what happened, and the days whose sums it changes */
export async function takeReleases(
  transaction: Transaction<Schema>,
  repositoryId: number,
  releases: readonly Release[],
  pass: number,
): Promise<{ happenings: Happening[]; days: number[] }> {
  if (releases.length === 0) return { happenings: [], days: [] };
  const rows = releases.map(({ githubId, tag, name, prerelease, publishedAt }) => ({
    repository_id: repositoryId,
    github_id: githubId,
    tag,
    name,
    prerelease: Number(prerelease),
    published_at: publishedAt,
    pass,
  }));
  const known = await transaction
    .selectFrom('tracked_releases')
    .select('published_at')
    .where('repository_id', '=', repositoryId)
    .where(
      'github_id',
      'in',
      rows.map(({ github_id }) => github_id),
    )
    .execute();
  await transaction
    .insertInto('tracked_releases')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'github_id']).doUpdateSet((build) => ({
        tag: build.ref('excluded.tag'),
        name: build.ref('excluded.name'),
        prerelease: build.ref('excluded.prerelease'),
        published_at: build.ref('excluded.published_at'),
        pass: build.ref('excluded.pass'),
      })),
    )
    .execute();
  return {
    happenings: releases.map(({ githubId, name, tag, publishedAt }) => ({
      kind: 'release',
      at: publishedAt,
      title: name,
      after: tag,
      once: `release:${githubId}`,
    })),
    days: [...known, ...rows].map(({ published_at }) => dayOf(published_at)),
  };
}

/** Takes the releases away that all pages together did not show. @returns the days that they were of */
export async function sweepReleases(
  transaction: Transaction<Schema>,
  repositoryId: number,
  pass: number,
): Promise<number[]> {
  const gone = await transaction
    .deleteFrom('tracked_releases')
    .where('repository_id', '=', repositoryId)
    .where('pass', '<', pass)
    .returning('published_at')
    .execute();
  return gone.map(({ published_at }) => dayOf(published_at));
}
