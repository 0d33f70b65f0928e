import { describe, expect, it } from 'vitest';
import { boundedLine, boundedText, LONGEST, splitMessage } from '../../src/main/tracking/github/bounds.ts';
import { LONGEST_MS, lookInterval, SHORTEST_MS } from '../../src/main/tracking/sync/interval.ts';
import { type Entry, plan } from '../../src/main/tracking/sync/plan.ts';
import { isChosen } from '../../src/main/tracking/sync/selection.ts';
import type { TrackingChoice } from '../../src/shared/tracking-views.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW = Date.UTC(2026, 10, 21, 12);

describe('the interval of looks', () => {
  const intervalAfter = (silence: number, webhook: number | null = null) =>
    lookInterval({ movedAt: NOW - silence, webhookAt: webhook === null ? null : NOW - webhook }, NOW);

  it('is short for what has just moved, and grows with its silence up to an end', () => {
    expect(intervalAfter(0)).toBe(SHORTEST_MS);
    expect(intervalAfter(HOUR_MS)).toBe(6 * MINUTE_MS);
    expect(intervalAfter(24 * HOUR_MS)).toBeGreaterThan(2 * HOUR_MS);
    expect(intervalAfter(900 * HOUR_MS)).toBe(LONGEST_MS);
  });

  it('is longer where webhooks tell of what moves, as long as they do', () => {
    expect(intervalAfter(0, 0)).toBe(30 * MINUTE_MS);
    expect(intervalAfter(0, 25 * HOUR_MS)).toBe(SHORTEST_MS);
    // It moved after the last webhook came, and none told of it.
    expect(intervalAfter(0, 2 * HOUR_MS)).toBe(SHORTEST_MS);
  });

  it('is sound where the clock was set back', () => {
    expect(intervalAfter(-1_000 * HOUR_MS)).toBe(SHORTEST_MS);
  });
});

describe('the choice of repositories', () => {
  const all: TrackingChoice = { from: 'all', owners: [], topics: [], archived: false, forks: false };
  const plain = { owner: 'Acme', topics: ['web', 'CLI'], fork: false, archived: false };

  it.each<[Partial<TrackingChoice>, Partial<typeof plain>, boolean]>([
    [{}, {}, true],
    [{}, { fork: true }, false],
    [{ forks: true }, { fork: true }, true],
    [{}, { archived: true }, false],
    [{ archived: true }, { archived: true }, true],
    [{ owners: ['acme', 'other'] }, {}, true],
    [{ owners: ['other'] }, {}, false],
    [{ topics: ['cli'] }, {}, true],
    [{ topics: ['cli'] }, { topics: [] }, false],
    [{ owners: ['acme'], topics: ['none'] }, {}, false],
  ])('%j of %j: %s', (choice, candidate, chosen) => {
    expect(isChosen({ ...all, ...choice }, { ...plain, ...candidate })).toBe(chosen);
  });
});

describe('the plan', () => {
  let id = 0;
  const entry = (own: Partial<Entry> = {}): Entry => {
    id += 1;
    return {
      ...{ id, nodeId: `R_${id}`, nextLookAt: NOW + HOUR_MS, moved: false, fetchedOnce: true, wokenAt: null },
      ...{ urgent: null, notBefore: null, busy: false },
      ...own,
    };
  };

  it('fetches what the person waits for, then what was never fetched, then what has waited longest', () => {
    const old = entry({ moved: true, nextLookAt: NOW + MINUTE_MS });
    const fresh = entry({ moved: true, fetchedOnce: false });
    const wanted = entry({ moved: true, urgent: 'fetch', nextLookAt: NOW + 5 * HOUR_MS });
    const later = entry({ moved: true, nextLookAt: NOW + 2 * MINUTE_MS });
    expect(plan([old, later, fresh, wanted], NOW, 3).fetches).toEqual([wanted, fresh, old]);
  });

  it('looks at a hundred at most, and along with them at what is nearly due', () => {
    const due = entry({ nextLookAt: NOW });
    const soon = entry({ nextLookAt: NOW + 30_000 });
    const later = entry({ nextLookAt: NOW + HOUR_MS });
    expect(plan([later, soon, due], NOW, 4)).toMatchObject({ looks: [due, soon], wakeAt: NOW + 30_000 });
    expect(plan([later, soon], NOW, 4).looks).toEqual([]);
    const many = Array.from({ length: 150 }, () => entry({ nextLookAt: NOW - 1 }));
    expect(plan(many, NOW, 4).looks).toHaveLength(100);
  });

  it('leaves alone what is under way, and what has to wait after trouble', () => {
    const busy = entry({ busy: true, nextLookAt: 0, moved: true });
    const held = entry({ notBefore: NOW + MINUTE_MS, nextLookAt: 0, moved: true });
    expect(plan([busy, held], NOW, 4)).toEqual({ looks: [], fetches: [], wakeAt: NOW + MINUTE_MS });
    expect(plan([entry({ ...held, urgent: 'look' })], NOW, 4).looks).toHaveLength(1);
  });

  it('takes a time that lies days ahead for one that a wrong clock has set', () => {
    const odd = entry({ nextLookAt: NOW + 400 * HOUR_MS });
    expect(plan([odd], NOW, 4).looks).toEqual([odd]);
  });
});

describe('texts of others', () => {
  it('are cut, cleaned of control characters, and made whole', () => {
    expect(boundedText('a\u0000b\u001b[31m\u0085c\nd\te\r\nf', 100)).toBe('ab[31mc\nd\te\nf');
    expect(boundedText(`${'x'.repeat(9)}🌱`, 10)).toBe('x'.repeat(9));
    expect(boundedText('lone \ud83c', 100)).toBe('lone ');
    expect(boundedText('lone \ud83c here', 100)).toBe('lone \ufffd here');
    expect(boundedLine('two\nlines\tand a tab', 100)).toBe('two lines and a tab');
    expect(boundedText('<script>alert(1)</script>', 100)).toBe('<script>alert(1)</script>');
  });

  it('of a megabyte are cut to what is kept', () => {
    const { headline, body } = splitMessage(`${'h'.repeat(1_000)}\n\n${'b'.repeat(1_000_000)}`);
    expect(headline).toHaveLength(LONGEST.headline);
    expect(body).toHaveLength(LONGEST.body);
  });
});
