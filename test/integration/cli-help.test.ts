import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../src/main/cli/commands/index.ts';
import { runCli } from '../support/app.ts';

const run = promisify(execFile);

describe('trackeep --help', () => {
  it.each([['--help'], ['-h'], ['help'], []])('lists every command: %j', async (...args) => {
    const { code, stdout } = await runCli(args);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ +${name} +${summary}$`, 'm'));
  });

  it.each(COMMANDS.map(({ name }) => name))('tells all about %s, in 80 columns', async (name) => {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toBe((await runCli(['help', name])).stdout);
    const titles = stdout.split('\n').filter((line) => /^[A-Z]/.test(line));
    expect(titles).toEqual(expect.arrayContaining(['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT CODES']));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const command = COMMANDS.find((candidate) => candidate.name === name);
    for (const option of command?.options ?? []) expect(stdout).toContain(`--${option.name}`);
  });

  it('says which commands there are not', async () => {
    expect(await runCli(['help', 'conect'])).toMatchObject({ code: 2 });
  });

  it('knows its version', async () => {
    expect((await runCli(['--version'])).stdout).toBe(`${packageJson.version}\n`);
  });
});

describe('the completions', () => {
  /** What bash would offer, with the cursor behind the last of `words`. */
  async function offered(...words: string[]): Promise<string[]> {
    const { stdout: script } = await runCli(['completion', 'bash']);
    const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trackeep; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run('bash', ['-c', `${script}\n${ask}`, 'bash', 'trackeep', ...words]);
    return stdout.trimEnd().split('\n');
  }

  describe.skipIf(process.platform === 'win32')('for bash', () => {
    it.each([
      [[''], ['serve', 'status', 'connect', '--json']],
      [['sta'], ['status']],
      [
        ['connect', ''],
        ['github', '--device', '--data'],
      ],
      [['--data', 'connect', 'up'], ['updates']],
      [['updates', 'che'], ['check']],
      [
        ['serve', '--vault', ''],
        ['keychain', 'passphrase', 'file'],
      ],
      [['connect', 'github', '--dev'], ['--device']],
    ])('after %j offer %j', async (words, expected) => {
      expect(await offered(...words)).toEqual(expect.arrayContaining(expected));
    });

    it('offer nothing that does not fit', async () => {
      expect(await offered('connect', 'github', '--vau')).toEqual(['']);
    });
  });

  it.each(['zsh', 'fish'])('for %s know every command and option', async (shell) => {
    const { code, stdout } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    for (const { name, options = [] } of COMMANDS) {
      expect(stdout).toContain(name);
      for (const option of options) expect(stdout).toContain(option.name);
    }
  });

  it('are not made for a shell that nobody has taught them', async () => {
    expect(await runCli(['completion', 'powershell'])).toMatchObject({ code: 2 });
  });
});
