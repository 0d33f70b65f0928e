import { describe, expect, it } from 'vitest';
import type { ConnectionView } from '../../src/shared/connection-views.ts';
import { openCliRoom } from '../support/cli-room.ts';
import { aConnection, aStatus } from '../support/stand-in-control.ts';

const MINUTE_MS = 60_000;
/** Half a minute more or less does not change the words. */
const minutesAgo = (minutes: number) => new Date(Date.now() - (minutes + 0.5) * MINUTE_MS).toISOString();
const inMinutes = (minutes: number) => minutesAgo(-minutes - 1);

const installation = { kind: 'app_installation', login: 'acme', tokenPrefix: 'ghs_' } as const;

async function accountLines(...connections: Partial<ConnectionView>[]): Promise<string[]> {
  const views = connections.map((traits) => ({ ...aConnection, ...traits }));
  await using room = await openCliRoom({ 'status.get': () => ({ ...aStatus, connections: views }) });
  const { stdout } = await room.trackeep('status');
  const lines = stdout.split('\n');
  return lines.slice(lines.indexOf('Accounts') + 1, lines.indexOf('Updates') - 1).map((line) => line.trim());
}

const tokenLine = async (traits: Partial<ConnectionView>) => (await accountLines(traits))[1]?.split(';')[0];

describe('trackeep status, of each account', () => {
  it('says what it is and what its token is like', async () => {
    expect(
      await accountLines(
        {
          ...{ tokenPrefix: 'ghu_', tokenSince: minutesAgo(12), accessExpiresAt: inMinutes(180) },
          ...{ lastUsedAt: minutesAgo(3), lastUsedBy: 'Editor' },
        },
        { ...installation, tokenSince: minutesAgo(50), accessExpiresAt: inMinutes(10) },
      ),
    ).toEqual([
      'octocat  github.com                    ● works',
      'ghu_ fresh, issued 12 minutes ago, expires in 3 hours; used 3 minutes ago by Editor',
      'acme     github.com, app installation  ● works',
      'ghs_ fresh, issued 50 minutes ago, expires in 10 minutes; not used yet',
    ]);
  });

  it('names the site of an account that has one', async () => {
    const organisation = { id: 'T1', name: 'Acme Workspace', url: null };
    expect((await accountLines({ organisation }))[0]).toBe('octocat  Acme Workspace  ● works');
  });

  it('says until when the person should sign in again, where that is soon', async () => {
    const [account] = await accountLines({ signInEndsAt: '2026-12-05T12:00:00.000Z' });
    expect(account).toBe('octocat  github.com  ● works, sign in again by 5 December 2026');
  });

  it('says that there is no token yet', async () => {
    expect(await tokenLine({ ...installation, tokenPrefix: null, tokenSince: null })).toBe('no token yet');
  });

  it('calls a token stale that should have been replaced long since', async () => {
    const token = { ...installation, accessExpiresAt: inMinutes(10) };
    expect(await tokenLine({ ...token, tokenSince: minutesAgo(54) })).toMatch(/^ghs_ fresh/);
    expect(await tokenLine({ ...token, tokenSince: minutesAgo(55) })).toMatch(/^ghs_ stale, issued 55 minutes ago/);
    expect(await tokenLine({ tokenPrefix: 'ghu_', tokenSince: minutesAgo(300) })).toMatch(/^ghu_ fresh/);
  });

  it('calls one expired whose time is over, and says of others that they do not expire', async () => {
    const over = { tokenPrefix: 'ghu_', tokenSince: minutesAgo(600), accessExpiresAt: minutesAgo(120) };
    expect(await tokenLine(over)).toBe('ghu_ expired, issued 10 hours ago, expired 2 hours ago');
    const endless = { tokenPrefix: null, tokenSince: minutesAgo(60 * 24 * 9), accessExpiresAt: null };
    expect(await tokenLine(endless)).toBe('token fresh, issued 9 days ago, does not expire');
  });
});
