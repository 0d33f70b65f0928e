import { app } from 'electron';
import type { NoticeView } from '../../shared/app-views.ts';
import type { ContractClient } from '../../shared/contract.ts';
import { toAppError } from '../core/errors.ts';
import type { TrayCommand } from './tray-menu.ts';
import type { MainWindow } from './window.ts';

/**
 * Does what is clicked in the tray. A menu has no room for an answer: a check for updates opens the page where it will
 * stand, and so does a refresh that fails.
 */
export function createTrayCommands(parts: {
  client: ContractClient;
  window: MainWindow;
  notify: (notice: NoticeView) => void;
  /** Opens a vetted address in the browser. */
  openLink: (address: string) => void;
}): (command: TrayCommand) => void {
  const { client, window, notify, openLink } = parts;

  const refreshAll = async () => {
    const connections = await client.call('connections.list', {});
    const outcomes = await Promise.allSettled(connections.map(({ id }) => client.call('connections.refresh', { id })));
    // The card of each connection says what is wrong with it. A notification would be the second one about it.
    if (outcomes.some(({ status }) => status === 'rejected')) window.show('connections');
  };

  const perform = async (command: TrayCommand) => {
    switch (command.do) {
      case 'open':
        return window.show(command.page);
      case 'visit':
        return openLink(command.url);
      case 'refresh':
        return refreshAll();
      case 'check':
        window.show('updates');
        await client.call('updates.check', {});
        return;
      case 'start-at-login':
        await client.call('settings.set', { startAtLogin: command.on });
        return;
      case 'quit':
        return app.quit();
    }
  };

  return (command) => {
    perform(command).catch((error: unknown) => {
      const { message, remedy } = toAppError(error);
      notify({ kind: 'warning', title: message, body: remedy, page: 'settings' });
    });
  };
}
