import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/main/core/clock.ts';
import { type FakeAnswer, type FakeProvider, type FakeRequest, startFakeProvider } from './fake-provider.ts';

const SIGN_IN_MS = 5 * 60_000;
const SESSION_MS = 30 * 24 * 3_600_000;
const ACCESS_MS = 8 * 3_600_000;

export interface FakeHqOptions {
  clock: Clock;
  /** GitHub's tokens, as HQ gets them; made up, unless told. */
  gitHubToken?: () => string | Promise<string>;
}

/**
 * Trackeep HQ, as Trackeep's own backend talks to it: it sends the browser back with a token to whatever address it was
 * given, takes that token once, and gives GitHub's token to the session it made of it.
 *
 * `/auth/github` decides at once, as its parameters `decision` and `user` (of the test, not of HQ) say.
 */
export interface FakeHq extends FakeProvider {
  /** What `expires_at` says, instead of eight hours; null: nothing. */
  expiresAt: string | null | undefined;
  /** Whether each answer brings the next session, and ends the one before. */
  rotating: boolean;
  /** Whether the person has connected GitHub there. */
  gitHubConnected: boolean;
  /** Ends every session. */
  endAll(): void;
  /** Every token that was ever sent, for tests that search for leaks. */
  readonly secrets: string[];
  readonly users: Readonly<Record<string, HqUser>>;
}

export interface HqUser {
  id: number;
  github_id: number;
  username: string;
  email: string;
  name: string;
  avatar_url: string;
}

const user = (id: number, username: string, name: string): HqUser => ({
  ...{ id, github_id: 1_000 + id, username, name, email: `${username}@example.test` },
  avatar_url: `https://avatars.example.test/${username}`,
});
const USERS: Readonly<Record<string, HqUser>> = { ada: user(7, 'ada', 'Ada'), grace: user(8, 'grace', '') };

export async function startFakeHq({ clock, gitHubToken = madeUp }: FakeHqOptions): Promise<FakeHq> {
  const signIns = new Map<string, { user: HqUser; until: number }>();
  const sessions = new Map<string, { user: HqUser; until: number }>();
  const secrets: string[] = [];

  const jwt = (claims: object) => {
    const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => base64(JSON.stringify(part)));
    const token = `${parts.join('.')}.${randomBytes(32).toString('base64url')}`;
    secrets.push(token);
    return token;
  };
  const issue = (to: Map<string, { user: HqUser; until: number }>, person: HqUser, lifeMs: number): string => {
    const until = clock.now() + lifeMs;
    const token = jwt({ sub: String(person.id), exp: Math.floor(until / 1000) });
    to.set(token, { user: person, until });
    return token;
  };
  const refused = (status: number, error: string): FakeAnswer => ({ status, body: { error } });

  const authorize = ({ url }: FakeRequest): FakeAnswer => {
    const back = URL.parse(url.searchParams.get('redirect_uri') ?? '');
    if (back === null || !['http:', 'https:'].includes(back.protocol)) return refused(400, 'Invalid redirect_uri');
    if (back.searchParams.has('token')) return refused(400, 'redirect_uri must not hold a token');
    const person = USERS[url.searchParams.get('user') ?? 'ada'];
    if (person === undefined) return refused(400, 'Unknown user');
    if (url.searchParams.get('decision') === 'deny') back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('token', issue(signIns, person, SIGN_IN_MS));
    return { status: 302, headers: { location: back.href } };
  };

  const exchange = ({ body, contentType }: FakeRequest): FakeAnswer => {
    if (contentType !== 'application/json') return refused(400, 'Invalid request');
    const token = body.get('token') ?? '';
    const known = signIns.get(token);
    signIns.delete(token);
    if (!known || known.until <= clock.now()) return refused(401, 'Invalid or expired token');
    return { body: { token: issue(sessions, known.user, SESSION_MS), user: known.user } };
  };

  const accessToken = async ({ headers }: FakeRequest): Promise<FakeAnswer> => {
    const [, session = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
    const known = sessions.get(session);
    if (!known || known.until <= clock.now()) return refused(401, 'Authentication required');
    if (!hq.gitHubConnected) return refused(404, 'GitHub account not connected');
    const token = await gitHubToken();
    secrets.push(token);
    const expiresAt = hq.expiresAt === undefined ? new Date(clock.now() + ACCESS_MS).toISOString() : hq.expiresAt;
    const body = {
      access_token: token,
      source: 'github_user',
      ...(expiresAt === null ? {} : { expires_at: expiresAt }),
    };
    if (!hq.rotating) return { body };
    sessions.delete(session);
    return { body, headers: { 'X-Trackeep-Controller-Token': issue(sessions, known.user, SESSION_MS) } };
  };

  const answer = (request: FakeRequest): FakeAnswer | Promise<FakeAnswer> => {
    switch (`${request.method} ${request.url.pathname}`) {
      case 'GET /auth/github':
        return authorize(request);
      case 'POST /api/v1/auth/control/callback':
        return exchange(request);
      case 'GET /api/v1/github/user/access-token':
        return accessToken(request);
      default:
        return refused(404, 'Not found');
    }
  };

  const server = await startFakeProvider(answer);
  const hq: FakeHq = {
    ...server,
    ...{ expiresAt: undefined, rotating: false, gitHubConnected: true, secrets, users: USERS },
    endAll: () => sessions.clear(),
  };
  return hq;
}

const base64 = (text: string) => Buffer.from(text).toString('base64url');

function madeUp(): string {
  return `ghu_${randomBytes(18).toString('hex')}`;
}
