import { app, powerMonitor, shell } from 'electron';
import type { Host } from '../core/host.ts';
import type { Notifications } from './notifications.ts';
import { openSettingsStore } from './settings-store.ts';
import type { MainWindow } from './window.ts';

/** The host on Electron. */
export function createDesktopHost(parts: {
  window: MainWindow;
  notifications: Notifications;
  loginItem: Host['loginItem'];
}): Host {
  const { window, notifications, loginItem } = parts;
  return {
    kind: 'desktop',
    openSettings: openSettingsStore,
    notify: (notice) => notifications.show(notice),
    revealFile: (path) => shell.showItemInFolder(path),
    async open() {
      window.show();
      return null;
    },
    quit: () => app.quit(),
    onResume(fn) {
      powerMonitor.on('resume', fn);
      return () => powerMonitor.off('resume', fn);
    },
    loginItem,
  };
}
