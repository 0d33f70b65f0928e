import type { IncomingMessage } from 'node:http';

/**
 * Whether a browser loads this as the page that the person looks at (Fetch Metadata Request Headers §2). Its word for it:
 * no page can forge these headers.
 */
export function isPageLoad({ headers }: IncomingMessage): boolean {
  return (
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    // Browsers load what they guess a person is about to open.
    headers['sec-purpose'] === undefined
  );
}

/** Whether the person opened it: typed, bookmarked, started by a program of theirs, or followed from a page of ours. */
export function isOpenedByPerson(request: IncomingMessage): boolean {
  // `none` is an address that no page led to.
  return ['none', 'same-origin'].includes(String(request.headers['sec-fetch-site'])) && isPageLoad(request);
}
