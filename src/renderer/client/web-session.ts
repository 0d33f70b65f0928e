/**
 * The web UI's session. A one-time token arrives in the fragment of the page's address, which browsers never send to
 * a server; it is exchanged for a cookie and a key. Both are needed for every call: cookies are shared by all ports of
 * 127.0.0.1, local storage is not, so another local server cannot use what its visitors' browsers send it.
 */
const KEY = 'trackeep-key';

/** The parts of the browser that the session uses. */
export interface SessionPlace {
  location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  history: Pick<History, 'replaceState'>;
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

/**
 * Takes the login token out of the page's address, so that it stays in no history and no bookmark.
 *
 * @returns the token, or null where the address carries none
 */
export function takeLoginToken({ location, history }: SessionPlace): string | null {
  const token = /^#login=([\w-]+)$/.exec(location.hash)?.[1];
  if (token === undefined) return null;
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return token;
}

export function readKey({ storage }: SessionPlace): string | null {
  return storage.getItem(KEY);
}

/** Forgets `key`, unless another tab has signed in anew meanwhile. */
export function forgetKey({ storage }: SessionPlace, key: string): void {
  if (storage.getItem(KEY) === key) storage.removeItem(KEY);
}

/**
 * Exchanges the login token for a session and keeps its key.
 *
 * @param url of the session endpoint
 * @returns whether the app gave a session; false: the token was used before or is too old
 * @throws TypeError when the app cannot be reached
 */
export async function openSession(
  place: SessionPlace,
  url: URL,
  token: string,
  fetch: typeof globalThis.fetch,
): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!response.ok) return false;
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('key' in answer) || typeof answer.key !== 'string')
    return false;
  place.storage.setItem(KEY, answer.key);
  return true;
}
