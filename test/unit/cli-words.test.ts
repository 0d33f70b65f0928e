import { describe, expect, it } from 'vitest';
import { openerFor } from '../../src/main/cli/open-in-browser.ts';
import { harmless } from '../../src/main/cli/terminal.ts';
import { countdown, relativeTime, size, table, wrap } from '../../src/main/cli/words.ts';

const NOW = Date.parse('2026-11-01T12:00:00Z');

describe('words for times and sizes', () => {
  it.each([
    ['2026-11-01T12:00:00Z', 'now'],
    ['2026-11-01T11:59:59.500Z', 'now'],
    ['2026-11-01T11:55:01Z', '4 minutes ago'],
    ['2026-11-01T14:59:00Z', 'in 2 hours'],
    ['2026-10-31T11:00:00Z', 'yesterday'],
    ['2026-11-20T12:00:00Z', 'in 19 days'],
  ])('%s is %s', (time, words) => {
    expect(relativeTime(time, NOW)).toBe(words);
  });

  it('counts down to zero and not below', () => {
    expect([899_001, 59_000, 400, 0, -5_000].map(countdown)).toEqual(['15:00', '0:59', '0:01', '0:00', '0:00']);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [12_345, '12.3 kB'],
    [12_345_678, '12.3 MB'],
    [4_200_000_000, '4.2 GB'],
  ])('%i bytes are %s', (bytes, words) => {
    expect(size(bytes)).toBe(words);
  });
});

describe('layout', () => {
  it('aligns columns and leaves no spaces at the end of a line', () => {
    expect(table([['a', 'bb', 'c'], ['aaa', 'b', ''], ['aa']])).toEqual(['  a    bb  c', '  aaa  b', '  aa']);
  });

  it('breaks lines between words only', () => {
    expect(wrap('one two three', 9, '  ')).toEqual(['  one two', '  three']);
    expect(wrap('unbreakable', 4)).toEqual(['unbreakable']);
  });
});

describe('text from others', () => {
  it('cannot move the cursor, retitle the window or turn the direction of writing', () => {
    const evil = { login: 'a\x1b[2J\x1b]0;x\x07b', more: ['\u009b31m', '\u202eevil\u2066'], count: 3, none: null };
    const shown = JSON.stringify(Object.values(harmless(evil)));
    expect(shown).not.toMatch(/\\u00|\\u202e|\\u2066/);
    expect(harmless(evil)).toMatchObject({ count: 3, none: null });
    expect(harmless('Zoë 語 👩‍🚀')).toBe('Zoë 語 👩‍🚀');
  });
});

describe('the browser', () => {
  it('is opened where the person can see it', () => {
    expect(openerFor('linux', { DISPLAY: ':0' })).toEqual(['xdg-open']);
    expect(openerFor('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open']);
    expect(openerFor('darwin', {})).toEqual(['open']);
  });

  it('is not opened on a far screen, nor as text in the middle of our output', () => {
    expect(openerFor('linux', {})).toBeNull();
    expect(openerFor('darwin', { SSH_CONNECTION: '1 2 3 4' })).toBeNull();
  });
});
