import { describe, expect, it } from 'vitest';
import { claim } from '../../src/shared/claims.ts';

describe('what a program says of itself', () => {
  it.each([
    ['Claude Code', 'Claude Code'],
    ['  Zoë’s 語 👩‍🚀  ', 'Zoë’s 語 👩‍🚀'],
    ['two\r\nlines\tand a bell\u0007', 'two lines and a bell'],
    ['turned \u202eround\u202c', 'turned round'],
    ['hid\u200bden', 'hid den'],
    ['A" is safe, "B', "A' is safe, 'B"],
    ['A” is safe', "A' is safe"],
  ])('%j is shown as %j', (text, shown) => {
    expect(claim(text)).toBe(shown);
  });

  it.each([null, '', ' \n\u202e\u200b'])('%j is nothing', (text) => {
    expect(claim(text)).toBeNull();
  });

  it('is cut where it would push other things out of sight, between two characters', () => {
    expect(claim('x'.repeat(60))).toBe('x'.repeat(60));
    expect(claim('🎉'.repeat(61))).toBe(`${'🎉'.repeat(59)}…`);
  });
});
