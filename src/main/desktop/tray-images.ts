import { join } from 'node:path';
import { nativeTheme } from 'electron';
import type { Overall } from '../../shared/app-views.ts';

const FILE_NAMES: Record<Overall, string> = { ok: 'ok', busy: 'busy', needs_you: 'needs-you', update: 'update' };

/**
 * The tray's picture of a state: on macOS a template that the system tints, elsewhere one for the panel's background.
 *
 * @param folder that holds the pictures
 */
export function trayImage(folder: string, state: Overall, panelIsDark: boolean): string {
  const name = FILE_NAMES[state];
  if (process.platform === 'darwin') return join(folder, `${name}Template.png`);
  const background = panelIsDark ? 'on-dark' : 'on-light';
  return join(folder, `${name}-${background}.${process.platform === 'win32' ? 'ico' : 'png'}`);
}

/** The panel that holds the tray, which may be dark while windows are light. */
export interface PanelTheme {
  isDark(): boolean;
}

/**
 * Whether that panel is dark. Asked of the system before the app's own colour scheme is set, which
 * Chromium would report instead from then on (only Windows tells the two apart).
 */
export function createPanelTheme(): PanelTheme {
  let systemIsDark = nativeTheme.shouldUseDarkColors;
  nativeTheme.on('updated', () => {
    if (nativeTheme.themeSource === 'system') systemIsDark = nativeTheme.shouldUseDarkColors;
  });
  return {
    isDark() {
      if (process.platform === 'win32') return nativeTheme.shouldUseDarkColorsForSystemIntegratedUI;
      // GNOME's top bar is dark in its light style too.
      const desktop = process.env.XDG_CURRENT_DESKTOP ?? '';
      return desktop.split(':').includes('GNOME') || systemIsDark;
    },
  };
}
