import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../src/main/control/control.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { ClientView, GrantView } from '../../src/shared/client-views.ts';
import { type CliRoom, openCliRoom } from '../support/cli-room.ts';
import { CLIENT, GRANT } from '../support/sample-views.ts';

const DAY_MS = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

const grant: GrantView = {
  ...GRANT,
  id: '8f12ab34-0000-4000-8000-000000000001',
  scopes: ['token:github', 'github:read'],
  redirectHost: '127.0.0.1:33418',
  approvedAt: ago(2 * DAY_MS + 500),
  lastUsedAt: ago(60_500),
  expiresAt: ago(-29.5 * DAY_MS),
  rememberedUntil: ago(-5.5 * DAY_MS),
};
const second: GrantView = { ...grant, id: '8f99ab34-0000-4000-8000-000000000002', resource: 'http://127.0.0.1:7000' };
const editor: ClientView = {
  ...CLIENT,
  id: 'dyn_4YfVYkq2n1',
  kind: 'dynamic',
  name: 'Claude Code',
  redirectHosts: ['127.0.0.1:33418'],
  registeredAt: ago(3 * DAY_MS + 500),
  lastUsedAt: ago(60_500),
  process: { pid: 4711, name: '/opt/agent.js', path: '/usr/bin/node', observedAt: ago(60_500) },
  forgottenAt: ago(-89.5 * DAY_MS),
  grants: [grant, second],
};
const described: ClientView = {
  ...editor,
  id: 'https://agent.example/client.json',
  kind: 'metadata_document',
  name: null,
  redirectHosts: [],
  lastUsedAt: null,
  process: null,
  forgottenAt: null,
  grants: [],
};
const twin: ClientView = { ...described, id: 'dyn_4Yother', kind: 'dynamic' };

interface Desk extends CliRoom {
  readonly asked: unknown[];
}

async function openDesk(views: ClientView[] = [editor, described, twin], some: Partial<Handlers> = {}): Promise<Desk> {
  const asked: unknown[] = [];
  const room = await openCliRoom({
    'clients.list': () => views,
    'clients.revoke': (input) => {
      asked.push(input);
      return { ...editor, grants: [] };
    },
    'clients.revokeAll': () => {
      asked.push('all');
      return { grants: 2 };
    },
    'clients.remove': (input) => {
      asked.push(input);
      return {};
    },
    ...some,
  });
  return { ...room, asked };
}

describe('trackeep clients', () => {
  it('shows who may do what, since when, last used, and from which program', async () => {
    await using desk = await openDesk([{ ...editor, grants: [grant] }, described]);
    const { code, stdout } = await desk.trackeep('clients');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '"Claude Code"',
      '  client          dyn_4YfVYkq2n1, registered itself 3 days ago',
      '  answer goes to  127.0.0.1:33418',
      '  last used       1 minute ago',
      '  program         /opt/agent.js (/usr/bin/node, process 4711, seen 1 minute ago)',
      '  forgotten       in 89 days, unless it is used',
      '  may at http://127.0.0.1:9090/mcp, answering to 127.0.0.1:33418',
      '    · read your GitHub repositories and their history, private ones included',
      '    ▲ get tokens that act as you on GitHub',
      '    grant 8f12ab34: approved 2 days ago, used 1 minute ago, ends in 29 days,',
      '      asks again in 5 days',
      '',
      'A program without a name',
      '  client     https://agent.example/client.json, described at that address, first seen 3 days ago',
      '  last used  never',
      '  program    could not be told',
      '  may do nothing',
      '',
    ]);
  });

  it('says so when there is none', async () => {
    await using desk = await openDesk([]);
    expect((await desk.trackeep('clients', 'list')).stdout).toBe('No program has registered yet.\n');
  });

  it('prints the views as they are with --json', async () => {
    await using desk = await openDesk([editor, twin]);
    expect(JSON.parse((await desk.trackeep('clients', '--json')).stdout)).toEqual([editor, twin]);
  });
});

describe('trackeep clients revoke', () => {
  it.each([
    [editor.id, { id: editor.id }],
    ['dyn_4Yf', { id: editor.id }],
    ['https://agent.example/', { id: described.id }],
    ['dyn_4Yf --grant 8f12', { id: editor.id, grantId: grant.id }],
    [`dyn_4Yf --grant=${second.id}`, { id: editor.id, grantId: second.id }],
  ])('ends %s', async (line, input) => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('clients', 'revoke', ...line.split(' '));
    expect([code, desk.asked]).toEqual([0, [input]]);
    expect(stdout).toMatch(/has ended; its tokens no longer work\.\n$/);
  });

  it('means the one whose whole ID it is, though that begins another', async () => {
    const longer = { ...twin, id: `${editor.id}-2` };
    await using desk = await openDesk([longer, editor]);
    await desk.trackeep('clients', 'revoke', editor.id);
    expect(desk.asked).toEqual([{ id: editor.id }]);
  });

  it('prints what is left with --json', async () => {
    await using desk = await openDesk();
    const { stdout } = await desk.trackeep('clients', 'revoke', editor.id, '--json');
    expect(JSON.parse(stdout)).toEqual({ ...editor, grants: [] });
  });

  it('ends everything of all, without asking where nobody sits', async () => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('clients', 'revoke', '--all');
    expect([code, stdout]).toEqual([0, 'Ended: 2 grants. No program may do anything now.\n']);
    expect(JSON.parse((await desk.trackeep('clients', 'revoke', '--all', '--yes', '--json')).stdout)).toEqual({
      grants: 2,
    });
    expect(desk.asked).toEqual(['all', 'all']);
  });

  it.each([
    ['revoke', 2, 'needs an ID'],
    ['revoke dyn_4Y', 2, `"dyn_4Y" can mean ${editor.id}, ${twin.id}.`],
    ['revoke dyn_4Yf --grant 8f', 2, `"8f" can mean ${grant.id}, ${second.id}.`],
    ['revoke dyn_4Yf --grant 9', 1, `There is no grant of ${editor.id} "9".`],
    ['revoke nobody', 1, 'There is no program "nobody".'],
    ['revoke dyn_4Yf --all', 2, 'Choose one'],
    ['revoke --all --grant 8f12', 2, 'Choose one'],
    ['list --all', 2, 'takes no --all'],
    ['remove dyn_4Yf --grant 8f12', 2, 'takes no --grant'],
    ['remove', 2, 'needs an ID'],
    ['rotate-keys dyn_4Yf', 2, 'takes no ID'],
  ])('changes nothing for: %s', async (line, exit, message) => {
    await using desk = await openDesk();
    const { code, stderr } = await desk.trackeep('clients', ...line.split(' '));
    expect([code, stderr]).toEqual([exit, expect.stringContaining(message)]);
    expect(desk.asked).toEqual([]);
  });
});

describe('trackeep clients remove', () => {
  it('forgets the program', async () => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('clients', 'remove', 'dyn_4Yf');
    expect([code, stdout]).toEqual([0, '"Claude Code" is forgotten, and what it was allowed has ended.\n']);
    expect(desk.asked).toEqual([{ id: editor.id }]);
  });

  it('passes on that one cannot be removed', async () => {
    const refused = new AppError('not_permitted', 'This client is part of the set-up.');
    await using desk = await openDesk([editor], { 'clients.remove': () => Promise.reject(refused) });
    expect(await desk.trackeep('clients', 'remove', editor.id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('part of the set-up'),
    });
  });
});

describe('trackeep clients rotate-keys', () => {
  it('names the new keys', async () => {
    const keyIds = ['es-2', 'rs-2'];
    await using desk = await openDesk([], { 'clients.rotateKeys': () => ({ keyIds }) });
    expect((await desk.trackeep('clients', 'rotate-keys')).stdout).toContain('new signing keys: es-2, rs-2.');
    expect(JSON.parse((await desk.trackeep('clients', 'rotate-keys', '--json')).stdout)).toEqual({ keyIds });
  });
});
