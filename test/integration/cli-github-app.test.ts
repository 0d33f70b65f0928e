import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../src/main/control/control.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { GitHubAppView } from '../../src/shared/connection-views.ts';
import { type CliRoom, openCliRoom } from '../support/cli-room.ts';

const app: GitHubAppView = {
  id: '123456',
  host: 'github.com',
  slug: 'my-agents',
  name: 'My agents',
  owner: 'octo-org',
  clientId: 'Iv23liABCDEF',
  url: 'https://github.com/apps/my-agents',
  installUrl: 'https://github.com/apps/my-agents/installations/new',
  addedAt: new Date(Date.now() - 3 * 86_400_000 - 500).toISOString(),
  connectionIds: ['8f12ab34-0000-4000-8000-000000000001'],
  problem: null,
};
const URL = 'http://127.0.0.1:9090/github-app/new/8f12ab34-0000-4000-8000-000000000002';

interface Desk extends CliRoom {
  readonly asked: unknown[];
}

async function openDesk(apps: GitHubAppView[] = [app], some: Partial<Handlers> = {}): Promise<Desk> {
  const asked: unknown[] = [];
  const noting =
    <T>(name: string, answer: T) =>
    (input: unknown) => {
      asked.push([name, input]);
      return answer;
    };
  const room = await openCliRoom({
    'githubApps.list': () => apps,
    'githubApps.create': noting('create', { url: URL }),
    'githubApps.import': noting('import', app),
    'githubApps.sync': noting('sync', app),
    'githubApps.remove': noting('remove', {}),
    ...some,
  });
  return { ...room, asked };
}

describe('trackeep github-app', () => {
  it('shows the apps with where they are and how many accounts they are installed in', async () => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('github-app');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'My agents',
      '  number        123456 (my-agents)',
      '  at            github.com, of octo-org',
      '  added         3 days ago',
      '  installed in  1 account',
      '  its page      https://github.com/apps/my-agents',
      '  install it    https://github.com/apps/my-agents/installations/new',
      '',
    ]);
  });

  it('says what is wrong with one, and when there is none', async () => {
    const problem = new AppError('provider_refused_client', 'GitHub does not accept its key.').toView();
    await using broken = await openDesk([{ ...app, problem }]);
    expect((await broken.trackeep('github-app')).stdout).toContain('GitHub does not accept its key.');
    await using empty = await openDesk([]);
    expect((await empty.trackeep('github-app', 'list')).stdout).toBe('There is no GitHub App yet.\n');
  });

  it('prints the address where a new one is made', async () => {
    await using desk = await openDesk();
    const { stdout } = await desk.trackeep('github-app', 'create', 'My agents', '--organisation', 'octo-org');
    expect(stdout).toContain(`${URL}\n`);
    expect(desk.asked).toEqual([['create', { name: 'My agents', organisation: 'octo-org' }]]);
    expect(JSON.parse((await desk.trackeep('github-app', 'create', 'Mine', '--json')).stdout)).toEqual({ url: URL });
  });

  it('imports one, and leaves the file alone where nobody can be asked', async () => {
    await using desk = await openDesk();
    const file = join(desk.dataDir, 'app.pem');
    await writeFile(file, 'the key');
    const { code, stdout } = await desk.trackeep('github-app', 'import', '--app-id', '123456', '--key', file);
    expect([code, desk.asked]).toEqual([0, [['import', { appId: '123456', privateKey: 'the key' }]]]);
    expect(stdout).toContain(`${file} is no longer needed.`);
    expect(stdout).not.toContain('the key\n');
    expect(existsSync(file)).toBe(true);
  });

  it('deletes the file with --delete-key, and only after the app has the key', async () => {
    await using refusing = await openDesk([], {
      'githubApps.import': () => {
        throw new AppError('provider_refused_client', 'GitHub knows no such app.');
      },
    });
    const file = join(refusing.dataDir, 'app.pem');
    await writeFile(file, 'the key');
    const line = ['github-app', 'import', '--app-id', '123456', '--key', file, '--delete-key'] as const;
    expect((await refusing.trackeep(...line)).code).toBe(1);
    expect(existsSync(file)).toBe(true);
    await using desk = await openDesk();
    expect((await desk.trackeep(...line)).stdout).toContain(`${file} is deleted.`);
    expect(existsSync(file)).toBe(false);
  });

  it('says so when the file cannot be read', async () => {
    await using desk = await openDesk();
    const { code, stderr } = await desk.trackeep('github-app', 'import', '--app-id', '1', '--key', '/nowhere.pem');
    expect([code, desk.asked]).toEqual([2, []]);
    expect(stderr).toContain('/nowhere.pem cannot be read (ENOENT).');
  });

  it.each(['123456', 'my-agents'])('finds an app by its number or short name: %s', async (name) => {
    await using desk = await openDesk();
    expect((await desk.trackeep('github-app', 'sync', name)).stdout).toContain('My agents');
    expect((await desk.trackeep('github-app', 'remove', name)).stdout).toContain('My agents is forgotten.');
    expect(desk.asked).toEqual([
      ['sync', { id: '123456' }],
      ['remove', { id: '123456' }],
    ]);
  });

  it('asks for nothing where there is no such app', async () => {
    await using desk = await openDesk();
    const { code, stderr } = await desk.trackeep('github-app', 'sync', 'other');
    expect([code, desk.asked]).toEqual([1, []]);
    expect(stderr).toContain('There is no GitHub App called other.');
  });

  it.each([
    ['create', 'needs a name'],
    ['import --app-id 1', 'needs --app-id and --key'],
    ['import --app-id 1 --key a.pem --delete-key --keep-key', 'Choose one of'],
    ['sync', 'needs an APP'],
    ['remove', 'needs an APP'],
    ['list my-agents', 'takes no APP'],
    ['sync my-agents --organisation x', 'takes no --organisation'],
    ['create Mine --key a.pem', 'takes no --key'],
  ])('does not take: %s', async (line, problem) => {
    await using desk = await openDesk();
    const { code, stderr } = await desk.trackeep('github-app', ...line.split(' '));
    expect([code, desk.asked]).toEqual([2, []]);
    expect(stderr).toContain(problem);
  });
});
