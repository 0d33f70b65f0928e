import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/main/core/clock.ts';
import { createUiSessions } from '../../src/main/http/ui-session.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const refused = expect.objectContaining({ code: 'session_required' });

function room() {
  let now = Date.parse('2026-11-01T12:00:00Z');
  const clock: Clock = { ...systemClock(), now: () => now };
  const sessions = createUiSessions({ clock, port: () => 9090 });
  const logIn = (token = sessions.createToken()) => {
    const { cookie, key } = sessions.login(token);
    return { cookie: cookie.split(';')[0] ?? '', 'x-trackeep-key': key };
  };
  return {
    sessions,
    logIn,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('a login token', () => {
  it('opens one session and no second one', () => {
    const { sessions, logIn } = room();
    const token = sessions.createToken();
    expect(sessions.check(logIn(token)).ended.aborted).toBe(false);
    expect(() => sessions.login(token)).toThrow(refused);
  });

  it('is good for five minutes', () => {
    const { sessions, pass } = room();
    const inTime = sessions.createToken();
    const late = sessions.createToken();
    pass(5 * MINUTE - 1);
    sessions.login(inTime);
    pass(1);
    expect(() => sessions.login(late)).toThrow(refused);
  });

  it('that nobody made opens nothing', () => {
    const { sessions } = room();
    sessions.createToken();
    expect(() => sessions.login('')).toThrow(refused);
    expect(() => sessions.login('A'.repeat(43))).toThrow(refused);
  });

  it('is forgotten when many newer ones were made', () => {
    const { sessions } = room();
    const first = sessions.createToken();
    for (let made = 0; made < 16; made += 1) sessions.createToken();
    expect(() => sessions.login(first)).toThrow(refused);
  });
});

describe('a session', () => {
  it('keeps its cookie from scripts, from other sites and from other paths', () => {
    const { sessions } = room();
    const { cookie } = sessions.login(sessions.createToken());
    expect(cookie).toMatch(/^trackeep_session_9090=[\w-]{43}; Max-Age=2592000; Path=\/ui; HttpOnly; SameSite=Strict$/);
  });

  it('needs both halves: another port of 127.0.0.1 is sent the cookie, but never the key', () => {
    const { sessions, logIn } = room();
    const headers = logIn();
    const other = logIn();
    expect(() => sessions.check({ cookie: headers.cookie })).toThrow(refused);
    expect(() => sessions.check({ 'x-trackeep-key': headers['x-trackeep-key'] })).toThrow(refused);
    expect(() => sessions.check({ ...headers, 'x-trackeep-key': other['x-trackeep-key'] })).toThrow(refused);
    expect(() => sessions.check({ ...headers, 'x-trackeep-key': '' })).toThrow(refused);
  });

  it('is found among the cookies of other local programs', () => {
    const { sessions, logIn } = room();
    const headers = logIn();
    sessions.check({ ...headers, cookie: `a=b; trackeep_session=old; ${headers.cookie}; c` });
  });

  it('ends after a week without use, and after thirty days in any case', () => {
    const { sessions, logIn, pass } = room();
    const idle = logIn();
    const used = logIn();
    pass(6 * DAY);
    const { ended } = sessions.check(used);
    pass(DAY);
    expect(() => sessions.check(idle)).toThrow(refused);
    for (let day = 7; day < 30; day += 1) {
      sessions.check(used);
      pass(DAY);
    }
    expect(() => sessions.check(used)).toThrow(refused);
    expect(ended.aborted).toBe(true);
  });

  it('ends on logout, the others go on', () => {
    const { sessions, logIn } = room();
    const mine = logIn();
    const other = logIn();
    const session = sessions.check(mine);
    expect(sessions.logout(session)).toContain('Max-Age=0');
    expect(session.ended.aborted).toBe(true);
    expect(() => sessions.check(mine)).toThrow(refused);
    sessions.check(other);
  });

  it('gives way when many newer browsers have logged in', () => {
    const { sessions, logIn } = room();
    const first = logIn();
    const second = logIn();
    for (let made = 0; made < 15; made += 1) logIn();
    expect(() => sessions.check(first)).toThrow(refused);
    sessions.check(second);
  });
});
