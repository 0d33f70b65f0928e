import { describe, expect, it } from 'vitest';
import { loginArguments, readLaunchOptions } from '../../src/main/desktop/launch-options.ts';

describe('the command line of the desktop app', () => {
  it('takes what `trackeep serve` takes, and --hidden', () => {
    const argv = ['/usr/bin/electron', '/clone', '--data', '/d', '--port=0', '--vault', 'file', '--hidden', '--demo'];
    expect(readLaunchOptions(argv)).toEqual({ data: '/d', port: '0', vault: 'file', hidden: true, demo: true });
  });

  it("passes over Chromium's switches and what the system adds", () => {
    const argv = ['/app', '--no-sandbox', '--remote-debugging-port=0', '-psn_0_1', '-r', '/x.cjs', 'file', '--hidden'];
    expect(readLaunchOptions(argv)).toEqual({ hidden: true, demo: false });
  });

  it('refuses an option without its value', () => {
    expect(() => readLaunchOptions(['/app', '--data'])).toThrow('--data needs a value');
  });

  it('is given to the start at login, so that it finds the same data', () => {
    const options = { data: '/my data', port: '9191', hidden: false, demo: false };
    expect(loginArguments(options)).toEqual(['--hidden', '--data=/my data', '--port=9191']);
    expect(readLaunchOptions(['/app', ...loginArguments(options)])).toMatchObject({ data: '/my data', port: '9191' });
  });
});
