/** History and comparisons of the emulated GitHub against git itself, on graphs made at random. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compare, historyOf } from '../../src/main/demo/tracked/commit-graph.ts';
import type { WorldCommit } from '../../src/main/demo/tracked/world.ts';
import { pick, seededRandom } from '../support/seeded-random.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tt-graph-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Commits with merges, branches, and dates that do not always grow. */
function randomGraph(random: () => number, size: number): Map<string, WorldCommit> {
  const commits = new Map<string, WorldCommit>();
  let at = 1_700_000_000_000;
  for (let index = 0; index < size; index += 1) {
    // Each date once: which of two commits of one second comes first is nothing to rely on.
    at += 60_000;
    const committedAt = random() < 0.2 ? at - 30_000 - Math.floor(random() * 40) * 60_000 - index * 1_000 : at;
    const known = [...commits.keys()].slice(-8);
    const parents = index === 0 ? [] : [pick(random, known)];
    if (index > 3 && random() < 0.25) parents.push(pick(random, known));
    commits.set(`k${index}`, {
      ...{ oid: `k${index}`, parents: [...new Set(parents)], message: `k${index}`, author: null },
      ...{ authoredAt: committedAt, committedAt, additions: 0, deletions: 0 },
    });
  }
  return commits;
}

/** The same graph in git, each commit with a branch of its name. */
function inGit(commits: ReadonlyMap<string, WorldCommit>): (...args: string[]) => string[] {
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const git = (args: string[], input?: string) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', env: environment, ...(input ? { input } : {}) });
  git(['init', '-q']);
  const stream = [...commits.values()].map(({ oid, parents, committedAt }) => {
    const [from, merged] = parents;
    return [
      `commit refs/heads/${oid}`,
      `committer A <a@example.test> ${committedAt / 1_000} +0000`,
      `data ${oid.length}\n${oid}`,
      ...(from ? [`from refs/heads/${from}`] : []),
      ...(merged ? [`merge refs/heads/${merged}`] : []),
      '',
    ].join('\n');
  });
  git(['fast-import', '--quiet'], `${stream.join('\n')}\n`);
  return (...args) => git(args).split('\n').filter(Boolean);
}

describe.each([1, 2, 3])('a graph of seed %i', (seed) => {
  it('has the history that git log has, and the differences that git counts', () => {
    const random = seededRandom(seed);
    const commits = randomGraph(random, 120);
    const git = inGit(commits);
    for (let round = 0; round < 12; round += 1) {
      const [base, head] = [pick(random, [...commits.keys()]), pick(random, [...commits.keys()])];
      expect(historyOf(commits, head).map(({ oid }) => oid)).toEqual(git('log', '--format=%s', head));
      const found = compare(commits, base, head);
      const [counts = ''] = git('rev-list', '--left-right', '--count', `${base}...${head}`);
      expect(`${found?.behindBy}\t${found?.ahead.length}`).toBe(counts);
      expect(found?.ahead.map(({ oid }) => oid)).toEqual(git('log', '--reverse', '--format=%s', `${base}..${head}`));
      const bases = git('merge-base', '--all', base, head).flatMap((oid) => git('log', '-1', '--format=%s', oid));
      expect(bases).toContain(found?.mergeBase.oid);
    }
  });
});
