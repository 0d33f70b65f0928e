import type { Rectangle } from 'electron';
import ElectronStore from 'electron-store';
import { placeOnScreen, type WindowPlace } from './window-place.ts';

/** Where the window was, kept in `window.json` in the data folder. */
export interface WindowBounds {
  /** @param workAreas of the screens that are there now */
  last(workAreas: readonly Rectangle[]): WindowPlace;
  remember(bounds: Rectangle): void;
}

export function createWindowBounds(dataDir: string): WindowBounds {
  const store = new ElectronStore<{ bounds?: unknown }>({
    cwd: dataDir,
    name: 'window',
    // A place on the screen is not worth an error: a file that cannot be read is one that is not there.
    clearInvalidConfig: true,
    configFileMode: 0o600,
  });
  return {
    last: (workAreas) => placeOnScreen(store.get('bounds'), workAreas),
    remember: ({ x, y, width, height }) => store.set('bounds', { x, y, width, height }),
  };
}
