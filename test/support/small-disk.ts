import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/**
 * Disks that are really full or really read-only, without touching the machine: the process under test gets a mount
 * namespace of its own (Linux), in which something else lies at the place of a folder. It ends with the process.
 */

export interface ProcessEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `node script ...args` with an empty disk of `kilobytes` at the place of `folder`. */
export function onSmallDisk(folder: string, kilobytes: number, script: string, ...args: string[]): Promise<ProcessEnd> {
  return inNamespace(`mount -t tmpfs -o size=${kilobytes}k,mode=700 tmpfs "$0"`, folder, script, args);
}

/** Runs `node script ...args` with `folder` and all in it on a disk that takes no writes. */
export function onReadOnlyDisk(folder: string, script: string, ...args: string[]): Promise<ProcessEnd> {
  return inNamespace('mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"', folder, script, args);
}

async function inNamespace(mount: string, folder: string, script: string, args: string[]): Promise<ProcessEnd> {
  // Not root, one needs a user namespace in which one is; where that is forbidden (Ubuntu's runners), sudo will do.
  const ways =
    process.getuid?.() === 0
      ? [['unshare', '--mount']]
      : [
          ['unshare', '--user', '--map-root-user', '--mount'],
          ['sudo', '--non-interactive', 'unshare', '--mount'],
        ];
  const command = ['sh', '-c', `${mount} && echo mounted >&2 && exec "$@"`, folder, process.execPath, script, ...args];
  let refused = '';
  for (const [program = '', ...options] of ways) {
    const end = await run(program, [...options, ...command]);
    if (end.stderr.startsWith('mounted\n')) return { ...end, stderr: end.stderr.slice('mounted\n'.length) };
    refused += end.stderr;
  }
  throw new Error(`This test needs a mount namespace (unshare of util-linux), and got none: ${refused}`);
}

async function run(program: string, args: string[]): Promise<ProcessEnd> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const failed = once(child, 'error').then(([error]) => ({ code: null, stdout: '', stderr: String(error) }));
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return Promise.race([failed, ended.then(([[code], stdout, stderr]) => ({ code, stdout, stderr }))]);
}
