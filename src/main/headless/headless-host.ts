import type { Host } from '../core/host.ts';
import { openSettingsFile } from '../storage/settings-file.ts';

/**
 * The host on plain Node: no window, no tray, no browser of its own. The person is on the web UI or the command line,
 * so whatever they should see goes there; a notice reaches the web UI through the contract's events.
 *
 * @param parts.link makes a one-time link into the web UI
 * @param parts.quit ends the process in good order
 */
export function createHeadlessHost({ link, quit }: { link: () => string | null; quit: () => void }): Host {
  return {
    kind: 'headless',
    openSettings: openSettingsFile,
    notify: () => {},
    revealFile: () => {},
    open: async () => link(),
    quit,
    // Node tells nothing of a sleeping machine; the scheduler notices the jump of the clock by itself.
    onResume: () => () => {},
    loginItem: null,
  };
}
