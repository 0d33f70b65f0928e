/** Which web pages may call the routes for Trackeep. */
import { afterEach, describe, expect, it } from 'vitest';
import { FRONTEND, openTrackeepLab, type TrackeepLab } from '../support/trackeep-lab.ts';

const EVIL = 'https://evil.test';
const WITH_TOKEN = ['/api/updates/check', '/api/updates/progress', '/api/v1/auth/me', '/api/v1/user/me'];
const CALLBACK = '/api/v1/auth/oauth/callback';

let lab: TrackeepLab;
afterEach(() => lab.stop());
const from = (origin: string, path: string, method = 'GET') => lab.ask(path, { method, headers: { origin } });
const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin');

describe('the routes for Trackeep', () => {
  it('take no other pages, not even the instance’s own, unless told', async () => {
    lab = await openTrackeepLab();
    for (const path of [...WITH_TOKEN, CALLBACK]) {
      for (const origin of [FRONTEND, EVIL, 'null', 'http://127.0.0.1:3000']) {
        for (const method of ['GET', 'OPTIONS']) {
          const answer = await from(origin, path, method);
          expect([path, origin, answer.status, allowed(answer)]).toEqual([path, origin, 403, null]);
        }
      }
    }
    // An instance's server sends no Origin.
    expect((await lab.ask('/api/v1/auth/me')).status).toBe(401);
  });

  it('take the pages that are named, and let them read the answer', async () => {
    lab = await openTrackeepLab({ CORS_ALLOWED_ORIGINS: FRONTEND });
    for (const path of [...WITH_TOKEN, CALLBACK]) {
      const preflight = await from(FRONTEND, path, 'OPTIONS');
      expect(preflight.status).toBe(204);
      expect(allowed(preflight)).toBe(FRONTEND);
      expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
      expect(preflight.headers.get('vary')).toBe('Origin');
      expect((await from(EVIL, path)).status).toBe(403);
    }
    const answer = await from(FRONTEND, '/api/v1/auth/me');
    expect([answer.status, allowed(answer)]).toEqual([401, FRONTEND]);
    // Never with cookies.
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    // The rest of the listener stays closed to them.
    for (const path of ['/auth/github', '/oauth/token/github', '/ui/api/status.get', '/']) {
      expect((await from(FRONTEND, path)).status).toBe(403);
    }
  });

  it('take all pages with *, but only where a token is needed', async () => {
    lab = await openTrackeepLab({ CORS_ALLOWED_ORIGINS: '*' });
    for (const path of WITH_TOKEN) {
      expect((await from(EVIL, path, 'OPTIONS')).status).toBe(204);
      expect(allowed(await from(EVIL, path))).toBe(EVIL);
      expect((await from('null', path)).status).toBe(403);
    }
    expect((await from(EVIL, CALLBACK, 'OPTIONS')).status).toBe(403);
    expect((await from(EVIL, CALLBACK, 'POST')).status).toBe(403);
    expect((await from(EVIL, '/auth/github')).status).toBe(403);
  });

  it('keep to their paths and methods', async () => {
    lab = await openTrackeepLab();
    for (const path of ['/api/updates/check/', '/api/updates/checked', '/api/v1/auth/me/more', '/api/v1']) {
      expect((await lab.ask(path)).status).toBe(404);
    }
    const answer = await lab.post('/api/updates/check', {});
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
  });
});
