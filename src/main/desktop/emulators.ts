import type { Clock } from '../core/clock.ts';
import { type Config, readConfig } from '../core/config.ts';
import type { LaunchOptions } from './launch-options.ts';

/**
 * Starts the local emulators of a demo.
 * @returns the configuration that leads to them
 * @throws AppError `demo_unavailable` outside a clone
 */
export async function withEmulators(
  options: LaunchOptions,
  clock: Clock,
  running: AsyncDisposableStack,
): Promise<Config> {
  const { startDemo } = await import('../demo/start-demo.ts');
  const demo = await startDemo({ clock });
  running.defer(() => demo.stop());
  return readConfig({ env: { ...process.env, ...demo.env }, flags: options });
}
