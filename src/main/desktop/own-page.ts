/** A scheme of our own, since `file:` pages may read the person's other files. */
export const APP_SCHEME = 'app';
const HOST = 'trackeep';
/** Where the window's page lives. */
export const APP_PAGE = `${APP_SCHEME}://${HOST}/index.html`;

/** Whether an address is one of our own pages. */
export function isAppUrl(text: string): boolean {
  // Node gives `app:` addresses the origin "null", so the parts are compared.
  const url = URL.parse(text);
  return url?.protocol === `${APP_SCHEME}:` && url.host === HOST;
}

/** What is told of a sender: the page, and the frame in it. */
export interface Sender {
  sender: object;
  senderFrame: { readonly url: string; readonly parent: object | null } | null;
}

/**
 * Whether a message comes from the page of ours in the window of ours. All three count: another page, a frame inside
 * ours, which may be anything, and our own frame led elsewhere. A frame that is gone already is null.
 */
export function isOwnPage({ sender, senderFrame }: Sender, ownContents: object | null): boolean {
  return sender === ownContents && senderFrame !== null && senderFrame.parent === null && isAppUrl(senderFrame.url);
}
