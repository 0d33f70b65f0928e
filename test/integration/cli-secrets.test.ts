import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenTo, openCliRoom } from '../support/cli-room.ts';

const provider = {
  platform: 'github' as const,
  name: 'GitHub',
  address: 'https://github.com',
  clientId: 'Iv23li',
  hasClientSecret: true,
  configuredBy: 'person' as const,
  ways: ['device' as const, 'web' as const],
  registrationUrl: 'https://github.com/settings/apps/new',
  callbackUrl: 'http://127.0.0.1:9090/oauth/callback/github',
};

describe('a secret for the app', () => {
  it('goes in by standard input, never by the command line', async () => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'providers.list': () => [provider],
      'providers.configure': (input) => {
        asked.push(input);
        return provider;
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
      'providers.list': () => [provider],
      'providers.configure': (input) => {
        asked.push(input);
        return provider;
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

  it('is asked for when standard input is empty', async () => {
    await using room = await openCliRoom({ 'providers.list': () => [provider] });
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
