/** GraphQL ids, which tell clients nothing, and us what they belong to. */

const PREFIXES = {
  Repository: 'R_kgDO',
  Commit: 'C_kwDO',
  PullRequest: 'PR_kwDO',
  Release: 'RE_kwDO',
  Owner: 'U_kgDO',
  // Those below can be told of, but not asked for.
  Ref: 'REF_kwDO',
  Checks: 'SCR_kwDO',
  PullRequestCommit: 'PRC_kwDO',
  Review: 'PRR_kwDO',
  ReviewRequest: 'RR_kwDO',
  Label: 'LA_kwDO',
  RepositoryTopic: 'RT_kwDO',
  Team: 'T_kwDO',
  Topic: 'TOP_kwDO',
  Language: 'LAN_kwDO',
  License: 'LIC_kwDO',
} as const;
export type NodeKind = keyof typeof PREFIXES;

/** @param parts the number of the repository or owner, and what it is within that */
export function nodeId(kind: NodeKind, ...parts: readonly (number | string)[]): string {
  return PREFIXES[kind] + Buffer.from(parts.join(' ')).toString('base64url');
}

/** @returns null for what is no id of ours */
export function readNodeId(id: string): { kind: NodeKind; parts: string[] } | null {
  for (const [kind, prefix] of Object.entries(PREFIXES) as [NodeKind, string][]) {
    if (!id.startsWith(prefix)) continue;
    return { kind, parts: Buffer.from(id.slice(prefix.length), 'base64url').toString('utf8').split(' ') };
  }
  return null;
}
