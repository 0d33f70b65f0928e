import type { Rectangle } from 'electron';

export type WindowPlace = { width: number; height: number; x?: number; y?: number };

const DEFAULT_SIZE = { width: 900, height: 640 };
/** This much of the window must lie on a screen for the person to get hold of it, in px. */
const GRIP = { width: 160, height: 60 };

/**
 * The saved bounds where they still can be seen: since they were saved, a screen may have gone, or somebody may have
 * edited the file. Else the usual size, centred by the system.
 */
export function placeOnScreen(saved: unknown, workAreas: readonly Rectangle[]): WindowPlace {
  if (!isRectangle(saved)) return DEFAULT_SIZE;
  const isVisible = workAreas.some((area) => {
    const width = Math.min(saved.x + saved.width, area.x + area.width) - Math.max(saved.x, area.x);
    // The title bar is what one drags by: it must not lie above the screen.
    const below = area.y + area.height - saved.y;
    return width >= GRIP.width && below >= GRIP.height && saved.y >= area.y;
  });
  return isVisible ? saved : DEFAULT_SIZE;
}

function isRectangle(value: unknown): value is Rectangle {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['x', 'y', 'width', 'height'].every((name) => Number.isSafeInteger(Reflect.get(value, name)))
  );
}
