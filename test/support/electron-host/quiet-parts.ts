import { EventEmitter } from 'node:events';

/** The parts that only show something to a person: here they keep quiet, and the recorder writes down what they are given. */

export class Tray
  extends EventEmitter
  implements Pick<Electron.Tray, 'setImage' | 'setToolTip' | 'setContextMenu' | 'destroy'>
{
  constructor(image: string | Electron.NativeImage) {
    super();
    this.setImage(image);
  }
  setImage(_image: string | Electron.NativeImage): void {}
  setToolTip(_text: string): void {}
  setContextMenu(_menu: Electron.Menu | null): void {}
  destroy(): void {}
}

type Item = Pick<Electron.MenuItem, 'label' | 'enabled' | 'checked' | 'type' | 'click'>;
type Template = Pick<Electron.MenuItemConstructorOptions, 'label' | 'enabled' | 'checked' | 'type' | 'click'>;

export class Menu {
  readonly items: Item[];

  constructor(items: Item[]) {
    this.items = items;
  }

  static setApplicationMenu(_menu: Menu | null): void {}

  static buildFromTemplate(template: readonly Template[]): Menu {
    return new Menu(
      template.map(({ label = '', enabled = true, checked = false, type = 'normal', click }) => ({
        label,
        enabled,
        checked,
        type,
        click: () => click?.call(undefined, {} as Electron.MenuItem, undefined, {}),
      })),
    );
  }
}

export class Notification
  extends EventEmitter
  implements Pick<Electron.Notification, 'title' | 'body' | 'show' | 'close'>
{
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: Electron.NotificationConstructorOptions) {
    super();
    this.title = title;
    this.body = body;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {}
  close(): void {}
}

export const dialog: Pick<Electron.Dialog, 'showErrorBox'> = { showErrorBox: () => {} };

export const shell: Pick<Electron.Shell, 'openExternal' | 'showItemInFolder'> = {
  openExternal: async () => {},
  showItemInFolder: () => {},
};

export const powerMonitor = new EventEmitter();

const AREA: Electron.Rectangle = { x: 0, y: 0, width: 1920, height: 1080 };

export const screen = {
  getAllDisplays: () => [{ workArea: AREA }],
} satisfies { getAllDisplays(): Pick<Electron.Display, 'workArea'>[] };
