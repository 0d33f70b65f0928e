/** One line of the tray's menu, as the person sees it. */
export interface MenuLine {
  label: string;
  enabled: boolean;
  checked: boolean;
  separator: boolean;
}

/** What the app has shown to the person so far, beside its page. */
export interface Recorded {
  tray: { image: string; tooltip: string; menu: MenuLine[] };
  notifications: { title: string; body: string }[];
  /** Addresses that were handed to the browser. */
  opened: string[];
  /** Files that were shown in the file manager. */
  revealed: string[];
  windows: { visible: boolean; minimized: boolean; focused: boolean }[];
}

/** What a person, or the machine, does to the app beside its page. */
export interface Recorder {
  read(): Recorded;
  clickTrayItem(label: string): void;
  clickNotification(title: string): void;
  minimizeWindow(): void;
  closeWindow(): void;
}

type Toast = Pick<Electron.Notification, 'title' | 'body' | 'show'> & { emit(event: 'click'): boolean };
type Window = Pick<Electron.BrowserWindow, 'isVisible' | 'isMinimized' | 'isFocused' | 'minimize' | 'close'>;

/** What the recorder needs of the `electron` module. */
export interface RecordedParts {
  BrowserWindow: { getAllWindows(): Window[] };
  dialog: Pick<Electron.Dialog, 'showErrorBox'>;
  Notification: { prototype: Toast };
  shell: Pick<Electron.Shell, 'openExternal' | 'showItemInFolder'>;
  Tray: { prototype: Pick<Electron.Tray, 'setImage' | 'setToolTip' | 'setContextMenu'> };
}

/**
 * Writes down what the app gives to the parts of Electron that show something outside the page, and keeps dialogs,
 * browsers and file managers from opening. It works the same on the real Electron, loaded there before the app, and on
 * the stand-in.
 */
export function record(electron: RecordedParts): Recorder {
  const { Tray, Notification, dialog, shell, BrowserWindow } = electron;
  const tray = { image: '', tooltip: '', menu: null as Electron.Menu | null };
  const notifications: Toast[] = [];
  const seen: Pick<Recorded, 'opened' | 'revealed'> = { opened: [], revealed: [] };

  after(Tray.prototype, 'setImage', (image) => {
    if (typeof image === 'string') tray.image = image;
  });
  after(Tray.prototype, 'setToolTip', (text) => {
    tray.tooltip = text;
  });
  after(Tray.prototype, 'setContextMenu', (menu) => {
    tray.menu = menu;
  });
  const show = Notification.prototype.show;
  Notification.prototype.show = function (this: Toast) {
    notifications.push(this);
    show.call(this);
  };
  // To the stream, since the process ends with such a box and nobody can ask it any more.
  dialog.showErrorBox = (title, content) => void process.stderr.write(`error box: ${title}\n${content}\n`);
  shell.openExternal = async (url) => {
    seen.opened.push(url);
    process.stderr.write(`opened: ${url}\n`);
  };
  shell.showItemInFolder = (path) => void seen.revealed.push(path);

  const recorder: Recorder = {
    read: () => ({
      ...seen,
      tray: {
        image: tray.image.replace(/^.*[\\/]/, ''),
        tooltip: tray.tooltip,
        menu: (tray.menu?.items ?? []).map(({ label, enabled, checked, type }) => ({
          label,
          enabled,
          checked,
          separator: type === 'separator',
        })),
      },
      notifications: notifications.map(({ title, body }) => ({ title, body })),
      windows: BrowserWindow.getAllWindows().map((window) => ({
        visible: window.isVisible(),
        minimized: window.isMinimized(),
        focused: window.isFocused(),
      })),
    }),
    clickTrayItem(label) {
      const item = tray.menu?.items.find((one) => one.label === label);
      if (!item?.enabled) throw new Error(`The tray has no "${label}" to click.`);
      item.click();
    },
    clickNotification(title) {
      const notification = notifications.find((one) => one.title === title);
      if (!notification) throw new Error(`There is no notification "${title}".`);
      notification.emit('click');
    },
    minimizeWindow: () => BrowserWindow.getAllWindows()[0]?.minimize(),
    closeWindow: () => BrowserWindow.getAllWindows()[0]?.close(),
  };
  return recorder;
}

/** Calls `listener` with the arguments of each call of a method. */
function after<T, K extends keyof T>(
  prototype: T,
  name: K,
  listener: (...args: T[K] extends (...args: infer A) => void ? A : never) => void,
): void {
  const original = prototype[name] as (...args: unknown[]) => unknown;
  prototype[name] = function (this: T, ...args: Parameters<typeof listener>) {
    listener(...args);
    return original.apply(this, args);
  } as T[K];
}
