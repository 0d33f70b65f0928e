import { isLoopbackHost } from '../../shared/resources.ts';

/**
 * Which addresses may be opened in the person's browser. The check stands here and not in the page: the page shows text
 * that others wrote (release notes), and what main opens, the operating system runs with whatever program it knows for
 * the scheme.
 *
 * @param providers addresses that the configuration names as providers. A local emulator among them speaks plain http;
 *   any other http address is refused, since it could be changed on its way.
 * @returns the address, or null when it is refused
 */
export function vetLink(text: string, providers: readonly string[]): URL | null {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return null;
  // Credentials before the host are how one site dresses up as another.
  if (url.username !== '' || url.password !== '') return null;
  if (url.protocol === 'https:') return url;
  const isProvider = providers.some((provider) => URL.parse(provider)?.origin === url.origin);
  return url.protocol === 'http:' && isLoopbackHost(url.hostname) && isProvider ? url : null;
}
