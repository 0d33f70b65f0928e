/**
 * Opens an address in the person's browser, where there is one to be seen.
 *
 * @returns whether a browser was asked; whether it came up cannot be known
 */
export async function openInBrowser(address: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const opener = openerFor(process.platform, env);
  // The address comes from the app, but ends as an argument of a system tool: only what is a web address may.
  if (opener === null || !/^https?:$/.test(new URL(address).protocol)) return false;
  const [command, ...args] = opener;
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(command, [...args, address], { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/**
 * The command that opens an address, or null where none would be seen: over SSH it would open on the far screen, and
 * without a display xdg-open may start a text browser in the middle of our own output.
 */
export function openerFor(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): [command: string, ...args: string[]] | null {
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  const remote = Boolean(env.SSH_CONNECTION || env.SSH_TTY);
  const display = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  if (platform === 'darwin') return remote ? null : ['open'];
  return display ? ['xdg-open'] : null;
}
