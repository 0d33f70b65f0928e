import { bearerTokenOf } from '../../core/bearer-token.ts';
import { authorized } from '../rest/authorization.ts';
import { connectionOf } from '../trackeep/access-reference.ts';
import type { Call, GitHubApiParts } from './call.ts';

/**
 * Whether the request may read: with an access token of the issuer that has the scope `github:read`, or with a session
 * of the person's own Trackeep. If not, it has been refused with a challenge (RFC 6750 §3).
 */
export async function admitted(parts: GitHubApiParts, call: Call): Promise<boolean> {
  const presented = bearerTokenOf(call.request, call.search);
  if (presented.kind === 'token' && (await isSession(parts, presented.token))) return true;
  return (await authorized(parts, call, 'github:read')) !== null;
}

/**
 * Whether a token is a session that stands for an account which is connected here. Trackeep may have users who are
 * somebody else, and its secret signs their sessions, too.
 */
async function isSession({ sessions, connections, gitHubHost }: GitHubApiParts, token: string): Promise<boolean> {
  const accessToken = await sessions.accessTokenOf(token);
  if (accessToken === null) return false;
  const accounts = await connections.records('github');
  const connectionId = connectionOf(accessToken);
  if (connectionId !== null) return accounts.some((account) => account.connectionId === connectionId);
  const user = await sessions.userOf(token);
  return accounts.some(
    ({ externalInstallationId, host, orgId }) =>
      externalInstallationId === null && host === gitHubHost && orgId === String(user?.github_id),
  );
}
