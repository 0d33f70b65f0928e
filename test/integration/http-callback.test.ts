import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/main/core/errors.ts';
import type { OnCallback } from '../../src/main/http/callback.ts';
import { openHttpDoor } from '../support/http-door.ts';
import { aFlow } from '../support/stand-in-control.ts';

async function comeBack(query: string, onCallback: OnCallback): Promise<{ answer: Response; text: string }> {
  await using door = await openHttpDoor({}, { onCallback });
  const answer = await fetch(`${door.address}/oauth/callback/github?${query}`);
  return { answer, text: await answer.text() };
}

describe('the page after a sign-in at the provider', () => {
  it('says so when the account is connected, and names it', async () => {
    const seen: unknown[] = [];
    const { answer, text } = await comeBack('code=c0de&state=5tate', async (platform, parameters) => {
      seen.push(platform, Object.fromEntries(parameters));
      return { ...aFlow, way: 'web', state: 'connected', login: 'octocat' };
    });
    expect(seen).toEqual(['github', { code: 'c0de', state: '5tate' }]);
    expect(answer.status).toBe(200);
    expect(text).toContain('You are connected as octocat');
    expect(text).not.toContain('c0de');
  });

  it.each([
    [
      'the person refused',
      { ...aFlow, state: 'denied' as const, error: new AppError('access_denied', 'You refused.').toView() },
    ],
    ['nobody waited for it', { error: new AppError('state_invalid', 'Nothing was waiting.').toView() }],
    ['it is still under way', { ...aFlow, state: 'waiting' as const }],
  ])('never says so when %s', async (_what, outcome) => {
    const { answer, text } = await comeBack('code=a&state=b', async () => outcome);
    expect(answer.status).toBe(400);
    expect(text).toContain('You are not connected');
    expect(text).not.toContain('You are connected');
  });

  it('says that something failed when something failed', async () => {
    const { answer, text } = await comeBack('code=a', () => Promise.reject(new Error('secret detail')));
    expect(answer.status).toBe(500);
    expect(text).not.toContain('secret detail');
  });

  it('stays text, whatever the provider or the address says', async () => {
    const message = `<img src=x onerror="alert('1')">`;
    const { text } = await comeBack('error=x', async () => ({
      error: new AppError('state_invalid', message).toView(),
    }));
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;');
  });

  it('runs no script, is kept by nobody and tells no one where it came from', async () => {
    const { answer, text } = await comeBack('code=a', async () => ({ ...aFlow, state: 'connected', login: null }));
    expect(text).not.toContain('<script');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('is not shown for a path that cannot be read', async () => {
    await using door = await openHttpDoor();
    const answer = await fetch(`${door.address}/oauth/callback/%E0%A4%A`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).not.toContain('You are connected');
  });
});
