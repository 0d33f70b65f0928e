/** Where Trackeep expects a sign-in to lead back to when the address names no page (its own rule). */
const USUAL_PATH = '/auth/callback';

/**
 * Whether a sign-in may lead to `text`: only to an origin of the list, and only written plainly. What a parser would
 * have to repair (userinfo, backslashes, a default port, other spellings of a host) is refused, since the browser that
 * is sent there may repair it in another way.
 *
 * @param origins in canonical form
 * @returns null if it may not
 */
export function redirectTarget(text: string, origins: Iterable<string>): URL | null {
  if (!/^[\x21-\x7e]{1,2000}$/.test(text) || /[\\#]/.test(text)) return null;
  for (const origin of origins) {
    const rest = text.slice(origin.length);
    if (!text.startsWith(origin) || !/^(?:[/?]|$)/.test(rest)) continue;
    const url = URL.parse(text);
    if (url === null || url.origin !== origin || url.username !== '' || url.password !== '') continue;
    if (url.pathname === '/') url.pathname = USUAL_PATH;
    return url;
  }
  return null;
}
