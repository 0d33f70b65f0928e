/**
 * The stand-in for the `electron` module: what the main bundle imports, and no more. Each part implements what it stands
 * in for as electron.d.ts has it (a `Pick` of it), so a change there breaks the type check here.
 *
 * What it is not: Electron. The page runs in one world with its preload, the process has no sandbox of its own, and no
 * icon or notification is drawn. Where Electron's binary is present, the same specs run on that.
 */
import { app } from './app.ts';
import { ipcMain } from './ipc.ts';
import { nativeTheme } from './native-theme.ts';
import { dialog, Menu, Notification, powerMonitor, screen, shell, Tray } from './quiet-parts.ts';
import { protocol, session } from './session.ts';
import { BrowserWindow } from './window.ts';

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeTheme,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
};

export default {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeTheme,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
};

export function becomeReady(): void {
  app.becomeReady();
}
