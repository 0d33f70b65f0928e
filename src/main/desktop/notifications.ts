import { Notification } from 'electron';
import type { NoticeView } from '../../shared/app-views.ts';
import type { MainWindow } from './window.ts';

/** Native notifications. A click opens the page that settles the matter. */
export interface Notifications {
  show(notice: NoticeView): void;
}

export function createNotifications({ window, icon }: { window: MainWindow; icon: string }): Notifications {
  // A notification that is collected as garbage never reports its click.
  const shown = new Set<Notification>();
  return {
    show({ title, body, kind, page }) {
      // Who looks at the window reads it there.
      if (window.isFocused() || !Notification.isSupported()) return;
      const notification = new Notification({ title, body, icon, silent: kind !== 'warning' });
      const forget = () => shown.delete(notification);
      notification.on('click', () => {
        forget();
        window.show(page);
      });
      notification.on('close', forget);
      notification.on('failed', forget);
      shown.add(notification);
      notification.show();
    },
  };
}
