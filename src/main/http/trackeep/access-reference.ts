/**
 * What stands in a token instead of GitHub's own, unless the person wants otherwise: it names a connection, and only
 * this app, which holds that connection, can make anything of it. It ends with the connection.
 */
const PREFIX = 'trackeep-tray:';

export function referenceTo(connectionId: string): string {
  return `${PREFIX}${connectionId}`;
}

/** @returns the connection's id; null for what is no reference, but GitHub's own token */
export function connectionOf(accessToken: string): string | null {
  return accessToken.startsWith(PREFIX) ? accessToken.slice(PREFIX.length) : null;
}
