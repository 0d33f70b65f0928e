import { app, Menu } from 'electron';

/**
 * macOS expects a menu bar, and takes the keys for copy, paste and quit from it. Elsewhere the window has none: Chromium
 * knows those keys itself, and Electron's default menu would offer reload and developer tools.
 */
export function setupMenuBar(): void {
  if (process.platform !== 'darwin') {
    Menu.setApplicationMenu(null);
    return;
  }
  const development: Electron.MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ label: 'Develop', submenu: [{ role: 'reload' }, { role: 'toggleDevTools' }] }];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, ...development, { role: 'windowMenu' }]),
  );
}
