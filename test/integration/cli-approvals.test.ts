import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../src/main/control/control.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { ApprovalView } from '../../src/shared/client-views.ts';
import { type CliRoom, listenTo, openCliRoom } from '../support/cli-room.ts';
import { APPROVAL } from '../support/sample-views.ts';

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const MINUTE_MS = 60_000;

/** A request of this minute. */
const waiting: ApprovalView = {
  ...APPROVAL,
  id: '7d1c2f6e-5b0a-4f0e-9d57-0a3f4c1b2e10',
  client: { id: 'dyn_4YfVYkq2n1', kind: 'dynamic', name: 'Claude Code', registeredAt: ago(3 * MINUTE_MS + 500) },
  scopes: ['token:github', 'github:read'],
  held: ['updates:read'],
  process: { pid: 4711, name: 'agent', path: '/usr/bin/agent', observedAt: ago(2 * MINUTE_MS + 500) },
  requestedAt: ago(MINUTE_MS + 500),
  expiresAt: ago(-4 * MINUTE_MS),
};
const other: ApprovalView = { ...waiting, id: '7d1c9999-5b0a-4f0e-9d57-0a3f4c1b2e10' };

interface Desk extends CliRoom {
  /** What was decided, as it reached the app. */
  readonly decided: unknown[];
}

/** An app in which `views` wait. */
async function openDesk(views: ApprovalView[] = [waiting], some: Partial<Handlers> = {}): Promise<Desk> {
  const decided: unknown[] = [];
  const room = await openCliRoom({
    'approvals.list': () => views,
    'approvals.approve': (input) => {
      decided.push(input);
      return { ...waiting, state: 'approved' };
    },
    'approvals.deny': (input) => {
      decided.push(input);
      return { ...waiting, state: 'denied' };
    },
    ...some,
  });
  return { ...room, decided };
}

describe('trackeep approvals', () => {
  it('shows who asks for what, in plain words, with all that is known of it', async () => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('approvals');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '▲ 7d1c2f6e  "Claude Code" asks whether it may',
      '    · read your GitHub repositories and their history, private ones included',
      '    ▲ get tokens that act as you on GitHub',
      '  and still may',
      '    · see which Trackeep releases there are and which one you run',
      '  at              http://127.0.0.1:9090/mcp',
      '  answer goes to  127.0.0.1:33418',
      '  client          dyn_4YfVYkq2n1, registered itself 3 minutes ago',
      '  program         agent (/usr/bin/agent, process 4711, seen 2 minutes ago)',
      '  asked           1 minute ago, over in 3 minutes',
      '',
      'To approve, add the number that the program’s page in your browser shows:',
      '  trackeep approvals approve 7d1c2f6e --number NN',
      '',
    ]);
  });

  it('says so when nothing waits', async () => {
    await using desk = await openDesk([]);
    expect(await desk.trackeep('approvals', 'list')).toEqual({
      code: 0,
      stdout: '● No program waits for your word.\n',
      stderr: '',
    });
  });

  it('prints the views as they are with --json', async () => {
    await using desk = await openDesk([waiting, other]);
    expect(JSON.parse((await desk.trackeep('approvals', '--json')).stdout)).toEqual([waiting, other]);
  });

  it('lets no program speak in the voice of the app', async () => {
    const name = 'Trackeep" is safe\n\u001b[2J\u202e\nApprove it: ';
    await using desk = await openDesk([{ ...waiting, client: { ...waiting.client, name } }]);
    const [first] = (await desk.trackeep('approvals')).stdout.split('\n');
    expect(first).toMatch(/^▲ 7d1c2f6e {2}"Trackeep' is safe[^"\n]*" asks whether it may$/);
    for (const control of ['\u001b', '\u202e']) expect(first).not.toContain(control);
  });

  it('calls our own clients by their names, and those without one what they are', async () => {
    const named = (kind: 'built_in' | 'dynamic', name: string | null) => ({
      ...waiting,
      redirectHost: null,
      process: null,
      client: { ...waiting.client, kind, name },
    });
    await using desk = await openDesk([named('built_in', 'trackeep'), named('dynamic', null)]);
    const { stdout } = await desk.trackeep('approvals');
    expect(stdout).toContain('7d1c2f6e  trackeep asks whether');
    expect(stdout).toContain('7d1c2f6e  A program without a name asks whether');
    expect(stdout).toMatch(/answer goes to +the device that shows the code\n/);
    expect(stdout).toMatch(/program +could not be told\n/);
  });
});

describe('trackeep approvals wait', () => {
  it('ends at once when something waits', async () => {
    await using desk = await openDesk();
    expect((await desk.trackeep('approvals', 'wait')).stdout).toContain('"Claude Code"');
  });

  it('ends when something comes', async () => {
    const views: ApprovalView[] = [];
    let asked = () => {};
    const looked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await using desk = await openDesk(views, {
      'approvals.list': () => {
        asked();
        return views;
      },
    });
    const child = desk.start('approvals', 'wait', '--json');
    const heard = listenTo(child);
    await looked;
    // A change that leaves nothing to decide is no reason to end.
    desk.bus.emit('approvals');
    views.push(waiting);
    desk.bus.emit('approvals');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(JSON.parse(heard.text())).toEqual([waiting]);
  });

  it('does not wait for ever when the app goes away', async () => {
    let asked = () => {};
    const looked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await using desk = await openDesk([], {
      'approvals.list': () => {
        asked();
        return [];
      },
    });
    const child = desk.start('approvals', 'wait');
    const ended = once(child, 'close');
    await looked;
    await desk.stopApp();
    expect(await ended).toEqual([3, null]);
  });
});

describe('trackeep approvals approve', () => {
  it('hands on the number, and says what is allowed now', async () => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('approvals', 'approve', waiting.id, '--number', '47');
    expect([code, desk.decided]).toEqual([0, [{ id: waiting.id, number: 47, rememberMs: null }]]);
    expect(stdout).toMatch(/^● Approved: "Claude Code" may now\n {2}· see which Trackeep.*\n {2}· read your/);
    expect(stdout).not.toContain('47');
  });

  it.each([
    ['1h', 3_600_000],
    ['12h', 43_200_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['90d', 7_776_000_000],
  ])('remembers it for %s', async (time, rememberMs) => {
    await using desk = await openDesk();
    const { stdout } = await desk.trackeep('approvals', 'approve', waiting.id, '--number=10', '--remember', time);
    expect(desk.decided).toEqual([{ id: waiting.id, number: 10, rememberMs }]);
    expect(stdout).toContain('Asked again ');
  });

  it('finds the request by a beginning of its ID, and prints the view with --json', async () => {
    await using desk = await openDesk([waiting, other]);
    const { stdout } = await desk.trackeep('approvals', 'approve', '7d1c2', '--number', '99', '--json');
    expect(JSON.parse(stdout)).toEqual({ ...waiting, state: 'approved' });
    expect(desk.decided).toMatchObject([{ id: waiting.id }]);
  });

  it('names the requests that a beginning can mean, and exits with 2', async () => {
    await using desk = await openDesk([waiting, other]);
    const { code, stderr } = await desk.trackeep('approvals', 'approve', '7d1c', '--number', '47');
    expect([code, stderr]).toEqual([
      2,
      `trackeep: "7d1c" can mean ${waiting.id}, ${other.id}.\nWrite more of the ID.\n`,
    ]);
    expect(desk.decided).toEqual([]);
  });

  it('knows none by a beginning that nothing has', async () => {
    await using desk = await openDesk();
    const { code, stderr } = await desk.trackeep('approvals', 'approve', 'abc', '--number', '47');
    expect([code, stderr]).toEqual([1, expect.stringContaining('no waiting request "abc".')]);
  });

  it.each([
    ['number_wrong', 'That is not the number. You have one more try.'],
    ['approval_over', 'It was denied already.'],
  ] as const)('passes on what the app says: %s', async (code, message) => {
    await using desk = await openDesk([], { 'approvals.approve': () => Promise.reject(new AppError(code, message)) });
    expect(await desk.trackeep('approvals', 'approve', waiting.id, '--number', '47')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  it.each([
    ['approve --number 47', 'needs an ID'],
    [`approve ${waiting.id}`, 'needs --number'],
    [`approve ${waiting.id} --number 7`, 'two digits'],
    [`approve ${waiting.id} --number 07`, 'two digits'],
    [`approve ${waiting.id} --number 471`, 'two digits'],
    [`approve ${waiting.id} --number 47 --remember 59m`, 'from 1h to 90d'],
    [`approve ${waiting.id} --number 47 --remember 91d`, 'from 1h to 90d'],
    [`approve ${waiting.id} --number 47 --remember ever`, 'from 1h to 90d'],
    ['deny', 'needs an ID'],
    [`deny ${waiting.id} --number 47`, 'takes no --number'],
    ['list --remember 7d', 'takes no --remember'],
    [`list ${waiting.id}`, 'takes no ID'],
    [`wait ${waiting.id}`, 'takes no ID'],
  ])('is used wrongly by: %s', async (line, message) => {
    await using desk = await openDesk();
    const { code, stderr } = await desk.trackeep('approvals', ...line.split(' '));
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(desk.decided).toEqual([]);
  });
});

describe('trackeep approvals deny', () => {
  it('denies', async () => {
    await using desk = await openDesk();
    const { code, stdout } = await desk.trackeep('approvals', 'deny', '7d1c');
    expect([code, stdout]).toEqual([0, 'Denied: "Claude Code" gets nothing.\n']);
    expect(desk.decided).toEqual([{ id: waiting.id }]);
  });
});
