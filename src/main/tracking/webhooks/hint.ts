import { z } from 'zod';

/**
 * The events after which a repository may stand otherwise than it is stored. All others are taken and come to nothing:
 * runs of workflows, for one, come by the hundred, and what they end in is told by the checks.
 */
const TELLING: ReadonlySet<string> = new Set([
  ...['push', 'create', 'delete', 'branch_protection_rule', 'repository', 'public', 'release', 'star', 'watch', 'fork'],
  ...['pull_request', 'pull_request_review', 'pull_request_review_comment', 'pull_request_review_thread'],
  ...['issues', 'issue_comment', 'check_run', 'check_suite', 'status', 'member', 'team_add'],
]);

const Payload = z.object({ repository: z.object({ id: z.int().positive() }).optional() });

/**
 * What a delivery hints at. It says which repository to look at and nothing else: what is stored comes from GitHub's
 * answer, so that the order of deliveries, and those that are lost, cannot matter.
 *
 * @param body JSON, or a form with JSON in its field `payload`
 * @returns GitHub's number of the repository; null where there is nothing to look at
 */
export function hintOf(event: string, body: Buffer): number | null {
  if (!TELLING.has(event)) return null;
  const text = body.toString('utf8');
  try {
    // JSON never begins like this.
    const json = text.startsWith('payload=') ? new URLSearchParams(text).get('payload') : text;
    return Payload.parse(JSON.parse(json ?? '')).repository?.id ?? null;
  } catch {
    // Signed by somebody who has the secret, and still no webhook of GitHub's: there is nothing in it for us.
    return null;
  }
}
