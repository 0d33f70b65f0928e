import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenTo, openCliRoom } from '../support/cli-room.ts';
import { PROVIDER } from '../support/sample-views.ts';

describe('a secret for the app', () => {
  it('goes in by standard input, never by the command line', async () => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'providers.list': () => [PROVIDER],
      'providers.configure': (input) => {
        asked.push(input);
        return PROVIDER;
      },
    });
    const child = room.start('provider', 'github', '--client-secret-stdin');
    const heard = listenTo(child);
    child.stdin?.end('s3cret with spaces\r\nignored\n');
    const [code] = await once(child, 'close');
    expect([code, asked]).toEqual([
      0,
      [{ platform: 'github', clientId: 'Iv23li', clientSecret: 's3cret with spaces' }],
    ]);
    expect(heard.text()).not.toContain('s3cret');
  });

  it('can be forgotten, and is otherwise left alone', async () => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'providers.list': () => [PROVIDER],
      'providers.configure': (input) => {
        asked.push(input);
        return PROVIDER;
      },
    });
    await room.trackeep('provider', 'github', '--forget-secret');
    await room.trackeep('provider', 'github', '--client-id', 'Iv99');
    await room.trackeep('provider', 'github');
    expect(asked).toEqual([
      { platform: 'github', clientId: 'Iv23li', clientSecret: null },
      { platform: 'github', clientId: 'Iv99' },
    ]);
  });

  it('goes in together with the client ID of any provider', async () => {
    const asked: unknown[] = [];
    const jira = { ...PROVIDER, platform: 'jira' as const, name: 'Jira and Confluence', clientId: null };
    await using room = await openCliRoom({
      'providers.list': () => [PROVIDER, jira],
      'providers.configure': (input) => {
        asked.push(input);
        return jira;
      },
    });
    const child = room.start('provider', 'jira', '--client-id', '0A1b2C', '--client-secret-stdin');
    child.stdin?.end('ATOA-secret\n');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(asked).toEqual([{ platform: 'jira', clientId: '0A1b2C', clientSecret: 'ATOA-secret' }]);
  });

  it('is named as what is missing where a provider signs nobody in without one', async () => {
    const jira = { ...PROVIDER, platform: 'jira' as const, secret: 'required' as const, ways: [] };
    const shown = async (change: { clientId: string | null }) => {
      await using room = await openCliRoom({
        'providers.list': () => [{ ...jira, ...change, hasClientSecret: false }],
      });
      return (await room.trackeep('provider', 'jira')).stdout;
    };
    expect(await shown({ clientId: null })).toContain('nothing yet: set a client ID and secret');
    expect(await shown({ clientId: '0A1b2C' })).toContain('nothing yet: set a client secret');
    expect(await shown({ clientId: null })).toMatch(/read:user +to know whose account it is/);
  });

  it('is asked for when standard input is empty', async () => {
    await using room = await openCliRoom({ 'providers.list': () => [PROVIDER] });
    expect(await room.trackeep('provider', 'github', '--client-secret-stdin')).toMatchObject({ code: 2 });
  });

  it('opens the vault as a passphrase', async () => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'vault.unlock': (input) => {
        asked.push(input);
        return { source: 'passphrase', backend: 'passphrase', state: 'open', problem: null };
      },
    });
    const child = room.start('unlock', '--passphrase-stdin');
    child.stdin?.end('correct horse');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(asked).toEqual([{ passphrase: 'correct horse' }]);
  });
});
