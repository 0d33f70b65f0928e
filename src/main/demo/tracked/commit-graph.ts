import type { WorldCommit } from './model.ts';

type Commits = ReadonlyMap<string, WorldCommit>;

/** What lies between two commits, as `git rev-list --left-right base...head` counts it. */
export interface Comparison {
  status: 'identical' | 'ahead' | 'behind' | 'diverged';
  mergeBase: WorldCommit;
  /** What `head` has and `base` lacks, the oldest first. */
  ahead: WorldCommit[];
  behindBy: number;
}

/**
 * All that led to a commit, in the order of `git log`: of those whose turn it may be, the newest by commit date comes
 * first. A merged branch with older dates thus comes in between.
 */
export function historyOf(commits: Commits, head: string): WorldCommit[] {
  return walk(commits, head, () => true);
}

/** @returns null where the two have no ancestor in common */
export function compare(commits: Commits, base: string, head: string): Comparison | null {
  const mine = ancestors(commits, head);
  const theirs = ancestors(commits, base);
  const ahead = walk(commits, head, (oid) => !theirs.has(oid)).reverse();
  let behindBy = 0;
  for (const oid of theirs) if (!mine.has(oid)) behindBy += 1;
  const mergeBase = bestCommonAncestor(commits, base, mine);
  if (!mergeBase) return null;
  const status = ahead.length === 0 ? (behindBy === 0 ? 'identical' : 'behind') : behindBy === 0 ? 'ahead' : 'diverged';
  return { status, mergeBase, ahead, behindBy };
}

/** Of the common ancestors, one that led to no other of them. */
function bestCommonAncestor(commits: Commits, base: string, mine: ReadonlySet<string>): WorldCommit | undefined {
  const common = historyOf(commits, base).filter(({ oid }) => mine.has(oid));
  const surpassed = new Set(common.flatMap(({ parents }) => parents));
  return common.find(({ oid }) => !surpassed.has(oid));
}

/** A commit and everything that led to it. */
export function ancestors(commits: Commits, ...heads: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const open = [...heads];
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (seen.has(oid)) continue;
    seen.add(oid);
    open.push(...(commits.get(oid)?.parents ?? []));
  }
  return seen;
}

function walk(commits: Commits, head: string, wanted: (oid: string) => boolean): WorldCommit[] {
  const found: WorldCommit[] = [];
  const seen = new Set<string>();
  // The newest last. Mostly one long line, so the queue is short and a plain list is fast.
  const queue: WorldCommit[] = [];
  const enqueue = (oid: string) => {
    if (seen.has(oid) || !wanted(oid)) return;
    seen.add(oid);
    const commit = commits.get(oid);
    if (!commit) return;
    let place = queue.length;
    while (place > 0 && (queue[place - 1]?.committedAt ?? 0) >= commit.committedAt) place -= 1;
    queue.splice(place, 0, commit);
  };
  enqueue(head);
  for (let commit = queue.pop(); commit !== undefined; commit = queue.pop()) {
    found.push(commit);
    for (const parent of commit.parents) enqueue(parent);
  }
  return found;
}
