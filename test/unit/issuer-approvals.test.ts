import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/main/core/bus.ts';
import { type ApprovalRequest, createApprovals, type PageView } from '../../src/main/issuer/approvals.ts';
import { createManualClock } from '../support/manual-clock.ts';

const MINUTE_MS = 60_000;

const request = (some: Partial<ApprovalRequest['client']> = {}): ApprovalRequest => ({
  way: 'browser',
  client: { id: 'client-1', kind: 'dynamic', name: 'Test editor', registeredAt: null, ...some },
  redirectHost: '127.0.0.1',
  resource: 'http://127.0.0.1:9090/mcp',
  scopes: ['updates:read'],
  held: [],
  process: null,
});

/** Draws what it is told to, and then the lowest that is new. */
const drawing = (...numbers: number[]) => {
  let next = 10;
  return (from: number) => numbers.shift() ?? (from === 0 ? 0 : next++);
};

function setUp(random?: (from: number, to: number) => number) {
  const clock = createManualClock();
  const bus = createBus((error) => {
    throw error;
  });
  const heard: unknown[] = [];
  bus.on('approvals', () => heard.push('approvals'));
  bus.on('notice', (notice) => heard.push(notice));
  const approvals = createApprovals({ bus, clock, ...(random === undefined ? {} : { random }) });
  let interactions = 0;
  /** A client asks; @returns what its page shows, and how the contract names it */
  const ask = async (some: Partial<ApprovalRequest['client']> = {}) => {
    interactions += 1;
    const interaction = `interaction-${interactions}`;
    const before = new Set((await approvals.list()).map(({ id }) => id));
    const page = await approvals.open(interaction, async () => request(some));
    const id = (await approvals.list()).find((view) => !before.has(view.id))?.id ?? '';
    return { id, interaction, page, number: page.number };
  };
  const wrongFor = async (id: string, { number }: PageView) =>
    (await approvals.numbers(id)).find((choice) => choice !== number) ?? 0;
  const stateOf = (interaction: string) => approvals.page(interaction)?.state;
  return { approvals, clock, heard, ask, wrongFor, stateOf };
}

describe('the number', () => {
  it('has two digits and stands among two others, always the same three', async () => {
    const { approvals, ask } = setUp();
    const { id, number } = await ask();
    const choices = await approvals.numbers(id);
    expect(new Set(choices).size).toBe(3);
    expect(choices).toContain(number);
    for (const choice of choices) expect(String(choice)).toMatch(/^[1-9]\d$/);
    expect(await approvals.numbers(id)).toEqual(choices);
  });

  it('stands in each of the three places equally often', async () => {
    const { approvals, ask } = setUp();
    const places = [0, 0, 0];
    for (let round = 0; round < 900; round += 1) {
      const { id, number } = await ask();
      const place = (await approvals.numbers(id)).indexOf(number);
      places[place] = (places[place] ?? 0) + 1;
      await approvals.deny(id);
    }
    // Five standard deviations on either side of 300.
    for (const times of places) expect(Math.abs(times - 300)).toBeLessThan(71);
  });

  it('is drawn again when it comes twice', async () => {
    const { approvals, ask } = setUp(drawing(42, 42, 42, 57, 57, 91, 1));
    const { id, number } = await ask();
    expect(await approvals.numbers(id)).toEqual([42, 57, 91]);
    expect(number).toBe(57);
  });

  it('leaves no trace: lists, events, notices and errors are the same whatever it is', async () => {
    const told = async (random: (from: number) => number) => {
      const { approvals, ask, heard, clock } = setUp(random);
      const { id, interaction } = await ask();
      const views = [await approvals.list()];
      // 99 is among neither three.
      const error = await approvals.approve({ id, number: 99, rememberMs: null }).catch((thrown: unknown) => thrown);
      views.push(await approvals.list());
      await clock.advance(5 * MINUTE_MS);
      views.push(await approvals.list());
      expect(approvals.page(interaction)?.state).toBe('expired');
      return JSON.stringify({ views, heard, error, message: String(error) }).replaceAll(id, 'ID');
    };
    expect(await told(drawing(23, 45, 67, 0))).toBe(await told(drawing(89, 76, 54, 2)));
  });

  it('is not in the view that a decision answers with', async () => {
    const { approvals, ask } = setUp();
    const one = await ask();
    const approved = await approvals.approve({ id: one.id, number: one.number, rememberMs: null });
    const denied = await approvals.deny((await ask()).id);
    for (const view of [approved, denied]) {
      expect(view).not.toHaveProperty('number');
      expect(view).not.toHaveProperty('choices');
    }
  });
});

describe('an answer', () => {
  it('with the number on the page approves, for as long as the person said', async () => {
    const { approvals, ask } = setUp();
    const { id, number, interaction } = await ask();
    expect(await approvals.approve({ id, number, rememberMs: MINUTE_MS })).toMatchObject({ id, state: 'approved' });
    expect(approvals.page(interaction)).toMatchObject({ state: 'approved', rememberMs: MINUTE_MS });
    expect(await approvals.list()).toEqual([]);
  });

  it('with a wrong number leaves one more try, and the same three numbers', async () => {
    const { approvals, ask, wrongFor } = setUp();
    const { id, number, page } = await ask();
    const choices = await approvals.numbers(id);
    const wrong = await wrongFor(id, page);
    await expect(approvals.approve({ id, number: wrong, rememberMs: null })).rejects.toMatchObject({
      code: 'number_wrong',
    });
    expect(await approvals.list()).toMatchObject([{ id, state: 'waiting', triesLeft: 1 }]);
    expect(await approvals.numbers(id)).toEqual(choices);
    expect(await approvals.approve({ id, number, rememberMs: null })).toMatchObject({ state: 'approved' });
  });

  it('with two wrong numbers denies, and the right one comes too late', async () => {
    const { approvals, ask, wrongFor, stateOf } = setUp();
    const { id, number, page, interaction } = await ask();
    const wrong = await wrongFor(id, page);
    for (const choice of [wrong, wrong]) {
      await expect(approvals.approve({ id, number: choice, rememberMs: null })).rejects.toMatchObject({
        code: 'number_wrong',
      });
    }
    expect(stateOf(interaction)).toBe('denied');
    await expect(approvals.approve({ id, number, rememberMs: null })).rejects.toMatchObject({ code: 'approval_over' });
    expect(stateOf(interaction)).toBe('denied');
  });

  it.each(['approve', 'deny', 'numbers'] as const)('comes too late for %s once there was one', async (what) => {
    const { approvals, ask } = setUp();
    const { id, number, interaction } = await ask();
    await approvals.deny(id);
    const again = {
      approve: () => approvals.approve({ id, number, rememberMs: null }),
      deny: () => approvals.deny(id),
      numbers: () => approvals.numbers(id),
    };
    await expect(again[what]()).rejects.toMatchObject({ code: 'approval_over' });
    expect(approvals.page(interaction)?.state).toBe('denied');
  });

  it('to a request that never was is not_found', async () => {
    const { approvals } = setUp();
    await expect(approvals.approve({ id: 'none', number: 42, rememberMs: null })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(approvals.numbers('none')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('cannot be meant for a request that slipped in beside the one on the page', async () => {
    const { approvals, ask, stateOf } = setUp(drawing(11, 12, 13, 0, 21, 22, 23, 0));
    const mine = await ask({ id: 'mine' });
    const slipped = await ask({ id: 'slipped', name: 'Test editor' });
    const habit = { id: slipped.id, number: mine.number, rememberMs: null };
    await expect(approvals.approve(habit)).rejects.toMatchObject({ code: 'number_wrong' });
    await expect(approvals.approve(habit)).rejects.toMatchObject({ code: 'number_wrong' });
    expect(stateOf(slipped.interaction)).toBe('denied');
    expect(stateOf(mine.interaction)).toBe('waiting');
  });
});

describe('without an answer', () => {
  it('a request is denied after five minutes', async () => {
    const { approvals, ask, clock, stateOf } = setUp();
    const { id, number, interaction } = await ask();
    await clock.advance(5 * MINUTE_MS - 1);
    expect(stateOf(interaction)).toBe('waiting');
    await clock.advance(1);
    expect(stateOf(interaction)).toBe('expired');
    expect(await approvals.list()).toEqual([]);
    await expect(approvals.approve({ id, number, rememberMs: null })).rejects.toMatchObject({ code: 'approval_over' });
  });

  it('it is denied also when the machine slept through them', async () => {
    const { approvals, ask, clock, stateOf } = setUp();
    const { id, number, interaction } = await ask();
    clock.jump(8 * 60 * MINUTE_MS);
    expect(await approvals.list()).toEqual([]);
    await expect(approvals.approve({ id, number, rememberMs: null })).rejects.toMatchObject({ code: 'approval_over' });
    expect(stateOf(interaction)).toBe('expired');
  });

  it('a clock that is set back gives it no more time', async () => {
    const { ask, clock, stateOf } = setUp();
    const { interaction } = await ask();
    clock.jump(-60 * MINUTE_MS);
    await clock.advance(5 * MINUTE_MS);
    expect(stateOf(interaction)).toBe('expired');
  });

  it('its page still learns of it, and then it is forgotten', async () => {
    const { approvals, ask, clock, stateOf } = setUp();
    const { interaction } = await ask();
    await clock.advance(14 * MINUTE_MS);
    expect(stateOf(interaction)).toBe('expired');
    await clock.advance(MINUTE_MS);
    expect(approvals.page(interaction)).toBeNull();
    expect(clock.waiting).toBe(0);
  });
});

describe('a page that waits', () => {
  it('is told at once, however many wait', async () => {
    const { approvals, ask } = setUp();
    const { id, number, interaction } = await ask();
    const told = Promise.all([1, 2, 3].map(() => approvals.decided(interaction, MINUTE_MS)));
    await approvals.approve({ id, number, rememberMs: null });
    expect((await told).map((view) => view?.state)).toEqual(['approved', 'approved', 'approved']);
  });

  it('is told after a while that it has to wait on', async () => {
    const { approvals, ask, clock } = setUp();
    const { interaction } = await ask();
    const told = approvals.decided(interaction, 25_000);
    await clock.advance(25_000);
    expect((await told)?.state).toBe('waiting');
  });

  it('is told what is decided already, and nothing of what never was', async () => {
    const { approvals, ask } = setUp();
    const { id, interaction } = await ask();
    await approvals.deny(id);
    expect((await approvals.decided(interaction, MINUTE_MS))?.state).toBe('denied');
    expect(await approvals.decided('another', MINUTE_MS)).toBeNull();
  });

  it('does not hold up the end of the app', async () => {
    const { approvals, ask, clock } = setUp();
    const { interaction } = await ask();
    const told = approvals.decided(interaction, 25_000);
    approvals.stop();
    await told;
    expect(clock.waiting).toBe(0);
  });
});

describe('requests', () => {
  it('are one for one interaction, however often and however fast its page is loaded', async () => {
    const { approvals, heard } = setUp();
    const open = () => approvals.open('interaction', async () => request());
    const pages = await Promise.all([open(), open(), open()]);
    expect(new Set(pages.map(({ number }) => number)).size).toBe(1);
    expect(await approvals.list()).toHaveLength(1);
    expect(heard.filter((event) => event !== 'approvals')).toHaveLength(1);
  });

  it('that cannot be described are not opened', async () => {
    const { approvals, heard } = setUp();
    const failing = approvals.open('interaction', () => Promise.reject(new Error('no such client')));
    await expect(failing).rejects.toThrow('no such client');
    expect(await approvals.list()).toEqual([]);
    expect(heard).toEqual([]);
  });

  it('stand in the order in which they came', async () => {
    const { approvals, ask, clock } = setUp();
    const ids: string[] = [];
    for (const client of ['a', 'b', 'c']) {
      ids.push((await ask({ id: client })).id);
      await clock.advance(1_000);
    }
    expect((await approvals.list()).map(({ id }) => id)).toEqual(ids);
  });

  it('of one client are at most three: the oldest goes, and nobody else’s', async () => {
    const { approvals, ask, stateOf } = setUp();
    const other = await ask({ id: 'other' });
    const asked = [await ask(), await ask(), await ask(), await ask()];
    expect(asked.map(({ interaction }) => stateOf(interaction))).toEqual(['expired', 'waiting', 'waiting', 'waiting']);
    expect(stateOf(other.interaction)).toBe('waiting');
    expect(await approvals.list()).toHaveLength(4);
  });

  it('are a hundred at most, and notify the person of the first five', async () => {
    const { approvals, ask, heard } = setUp();
    for (let client = 0; client < 100; client += 1) await ask({ id: `client-${client}` });
    await expect(ask({ id: 'one-more' })).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await approvals.list()).toHaveLength(100);
    expect(heard.filter((event) => event !== 'approvals')).toHaveLength(5);
    // There is room again as soon as one is answered.
    await approvals.deny((await approvals.list())[0]?.id ?? '');
    await ask({ id: 'one-more' });
  });

  it('end with their client', async () => {
    const { approvals, ask, stateOf } = setUp();
    const [gone, stays] = [await ask({ id: 'gone' }), await ask({ id: 'stays' })];
    approvals.withdraw('gone');
    expect([stateOf(gone.interaction), stateOf(stays.interaction)]).toEqual(['expired', 'waiting']);
  });

  it('are announced with the name as a claim, which cannot speak in our voice', async () => {
    const { ask, heard } = setUp();
    await ask({ name: 'Editor” is safe.\nApprove “it\u202e' });
    expect(heard).toContainEqual({
      kind: 'info',
      title: 'A program asks for access',
      body: "A program that calls itself “Editor' is safe. Approve 'it” waits for your word.",
      page: 'approvals',
    });
  });
});
