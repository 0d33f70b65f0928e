import { app, Menu, type MenuItemConstructorOptions, nativeTheme, Tray } from 'electron';
import type { ContractClient } from '../../shared/contract.ts';
import { type PanelTheme, trayImage } from './tray-images.ts';
import { type TrayCommand, type TrayEntry, trayModel } from './tray-menu.ts';

/**
 * The icon in the panel and its menu, kept true by the contract's events.
 *
 * @param parts.images the folder of the tray's pictures
 * @param parts.run does what a click asks for
 */
export async function setupTray(parts: {
  client: ContractClient;
  images: string;
  panel: PanelTheme;
  run: (command: TrayCommand) => void;
}): Promise<{ destroy(): void }> {
  const { client, images, panel, run } = parts;
  let [status, settings, approvals] = await Promise.all([
    client.call('status.get', {}),
    client.call('settings.get', {}),
    client.call('approvals.list', {}),
  ]);

  const imageNow = () => trayImage(images, status.overall, panel.isDark());
  // Held here for as long as the app runs: a Tray that is collected as garbage vanishes from the panel.
  const tray = new Tray(imageNow());
  // A click on Linux and Windows; macOS opens the menu.
  if (process.platform !== 'darwin') tray.on('click', () => run({ do: 'open', page: null }));

  let shown = '';
  const show = () => {
    const model = trayModel(status, settings, approvals.length);
    const image = imageNow();
    // Setting a menu anew closes it under the person's hand; events that change nothing here must not.
    const next = JSON.stringify([model, image]);
    if (next === shown) return;
    shown = next;
    tray.setImage(image);
    tray.setToolTip(model.tooltip);
    app.setBadgeCount(model.badge);
    // Always a new menu: on Linux, changes to one that is set already are not seen.
    tray.setContextMenu(Menu.buildFromTemplate(model.entries.map((entry) => menuItem(entry, run))));
  };

  const stopListening = client.subscribe(({ event, data }) => {
    if (event === 'status') status = data;
    if (event === 'settings') settings = data;
    if (event === 'approvals') approvals = data;
    show();
  });
  nativeTheme.on('updated', show);
  show();

  return {
    destroy() {
      stopListening();
      nativeTheme.off('updated', show);
      tray.destroy();
    },
  };
}

function menuItem(entry: TrayEntry, run: (command: TrayCommand) => void): MenuItemConstructorOptions {
  if (entry === 'line') return { type: 'separator' };
  const { label, command, checked } = entry;
  return {
    // A single & marks the letter to press.
    label: label.replaceAll('&', '&&'),
    enabled: command !== null,
    ...(checked === undefined ? {} : { type: 'checkbox', checked }),
    ...(command === null ? {} : { click: () => run(command) }),
  };
}
