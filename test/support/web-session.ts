/** What a browser does with the login link of a running app. */

export interface WebSession {
  /** The listener's address, such as http://127.0.0.1:40123. */
  address: string;
  /** Both halves of the session, to send with every request. */
  headers: { cookie: string; 'x-trackeep-key': string };
}

/**
 * Turns a one-time link into a session.
 * @param link as `trackeep serve` prints it, with the login token in its fragment
 */
export async function openWebSession(link: string): Promise<WebSession> {
  const { origin, hash } = new URL(link);
  const answer = await fetch(`${origin}/ui/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: new URLSearchParams(hash.slice(1)).get('login') }),
  });
  if (!answer.ok) throw new Error(`The login was refused: ${answer.status} ${await answer.text()}`);
  const body: unknown = await answer.json();
  if (typeof body !== 'object' || body === null || !('key' in body) || typeof body.key !== 'string') {
    throw new Error('The login answered no key.');
  }
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { address: origin, headers: { cookie, 'x-trackeep-key': body.key } };
}
