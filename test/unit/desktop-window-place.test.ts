import { describe, expect, it } from 'vitest';
import { placeOnScreen } from '../../src/main/desktop/window-place.ts';

const LAPTOP = { x: 0, y: 25, width: 1440, height: 875 };
const BESIDE = { x: 1440, y: 0, width: 1920, height: 1080 };
const USUAL = { width: 900, height: 640 };

describe('where the window opens', () => {
  it('is where it was', () => {
    const saved = { x: 1500, y: 100, width: 1000, height: 700 };
    expect(placeOnScreen(saved, [LAPTOP, BESIDE])).toEqual(saved);
  });

  it('may lie partly outside, as long as it can be dragged back', () => {
    const saved = { x: -700, y: 600, width: 900, height: 640 };
    expect(placeOnScreen(saved, [LAPTOP])).toEqual(saved);
  });

  it.each([
    ['its screen is gone', { x: 1500, y: 100, width: 900, height: 640 }],
    ['only a sliver of it would show', { x: -800, y: 100, width: 900, height: 640 }],
    ['its title bar lies above the screen', { x: 100, y: -40, width: 900, height: 640 }],
    ['it lies below the screen', { x: 100, y: 880, width: 900, height: 640 }],
  ])('is the usual place when %s', (_why, saved) => {
    expect(placeOnScreen(saved, [LAPTOP])).toEqual(USUAL);
  });

  it.each([
    undefined,
    null,
    'x',
    {},
    { x: 1, y: 2, width: '900', height: 640 },
    { x: 1e300, y: 0, width: 1, height: 1 },
  ])('is the usual place when %j was saved', (saved) => {
    expect(placeOnScreen(saved, [LAPTOP])).toEqual(USUAL);
  });
});
