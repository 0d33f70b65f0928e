import { app, BrowserWindow, nativeTheme, type Session, screen, type WebContents } from 'electron';
import type { Attention } from '../../shared/app-views.ts';
import type { ContractEvent } from '../../shared/contract.ts';
import { APP_NAME } from './names.ts';
import { APP_PAGE } from './own-page.ts';
import type { WindowBounds } from './window-bounds.ts';

export type Page = Attention['page'];

const SMALLEST = { minWidth: 560, minHeight: 420 };
/** What is seen before the page has painted: the page's own background. */
const BACKGROUND = { light: '#ffffff', dark: '#1c2027' };

/** The one window. Closed means gone: a hidden page would hold its memory all day for a glance a week. */
export interface MainWindow {
  /** Opens the window or brings it to the front, on `page` where one is named. */
  show(page?: Page | null): void;
  /** Opens it without taking the focus: for a start at login where there is no tray to live in. */
  showMinimized(): void;
  isFocused(): boolean;
  /** Sends to the page, if there is one. */
  send(channel: string, event: ContractEvent): void;
  /** The page, if there is one. */
  contents(): WebContents | null;
}

export function createMainWindow(parts: {
  session: Session;
  preload: string;
  icon: string;
  bounds: WindowBounds;
}): MainWindow {
  const { session, preload, icon, bounds } = parts;
  let window: BrowserWindow | null = null;
  // On macOS the app lives in the menu bar; it is in the dock only while it has a window.
  app.dock?.hide();

  const open = (page: Page | null, present: (opened: BrowserWindow) => void) => {
    const opened = new BrowserWindow({
      ...bounds.last(screen.getAllDisplays().map((display) => display.workArea)),
      ...SMALLEST,
      title: APP_NAME,
      icon,
      show: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
      webPreferences: {
        session,
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    window = opened;
    opened.once('ready-to-show', () => present(opened));
    opened.on('close', () => bounds.remember(opened.getNormalBounds()));
    opened.on('closed', () => {
      window = null;
      app.dock?.hide();
    });
    // A page that crashed shows nothing any more: the next opening begins with a fresh one.
    opened.webContents.on('render-process-gone', () => opened.destroy());
    void app.dock?.show();
    void load(opened, page);
  };

  return {
    show(page = null) {
      if (window === null) return open(page, (opened) => opened.show());
      if (page !== null && window.webContents.getURL() !== addressOf(page)) {
        // Another fragment of the same page: the page hears of it and is not loaded anew.
        void load(window, page);
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    showMinimized() {
      if (window === null) open(null, (opened) => opened.minimize());
    },
    isFocused: () => window?.isFocused() ?? false,
    send: (channel, event) => window?.webContents.send(channel, event),
    contents: () => window?.webContents ?? null,
  };
}

/** Its files are ours and there, so this fails in one case: the window was closed meanwhile, and nobody waits for it. */
function load(window: BrowserWindow, page: Page | null): Promise<void> {
  return window.loadURL(addressOf(page)).catch(() => undefined);
}

function addressOf(page: Page | null): string {
  return page === null ? APP_PAGE : `${APP_PAGE}#/${page}`;
}
