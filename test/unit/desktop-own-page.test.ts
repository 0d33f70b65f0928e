import { describe, expect, it } from 'vitest';
import { APP_PAGE, isAppUrl, isOwnPage } from '../../src/main/desktop/own-page.ts';

const contents = {};
const frame = (url: string, parent: object | null = null) => ({ url, parent });

describe('who may call the app over IPC', () => {
  it('our page in our window may', () => {
    expect(isOwnPage({ sender: contents, senderFrame: frame(`${APP_PAGE}#/updates`) }, contents)).toBe(true);
  });

  it.each([
    ['our page in another window', { sender: {}, senderFrame: frame(APP_PAGE) }],
    ['a frame inside our page', { sender: contents, senderFrame: frame(APP_PAGE, { url: APP_PAGE }) }],
    ['our window, led elsewhere', { sender: contents, senderFrame: frame('https://trackeep/index.html') }],
    ['a frame that is gone', { sender: contents, senderFrame: null }],
  ])('%s may not', (_who, sender) => {
    expect(isOwnPage(sender, contents)).toBe(false);
  });

  it('nobody may while there is no window', () => {
    expect(isOwnPage({ sender: contents, senderFrame: frame(APP_PAGE) }, null)).toBe(false);
  });

  it.each([
    'app://other/index.html',
    'app://trackeep.evil.test/',
    'app:trackeep',
    'data:text/html,app://trackeep/',
    '',
  ])('%j is no page of ours', (url) => {
    expect(isAppUrl(url)).toBe(false);
  });
});
