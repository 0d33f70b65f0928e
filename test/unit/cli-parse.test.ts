import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/main/cli/commands/index.ts';
import { parse } from '../../src/main/cli/parse.ts';

function understood(line: string) {
  const parsed = parse(line.split(' '), COMMANDS);
  return {
    command: parsed?.command.name,
    arguments: Object.fromEntries(parsed?.arguments ?? []),
    options: Object.fromEntries(parsed?.options ?? []),
    switches: [...(parsed?.switches ?? [])],
  };
}

describe('a command line', () => {
  it('is read the same wherever its options stand', () => {
    const expected = {
      command: 'token',
      arguments: { PROVIDER: 'github' },
      options: { data: '/d', account: 'octocat' },
      switches: ['json'],
    };
    expect(understood('token github --data /d --account octocat --json')).toEqual(expected);
    expect(understood('--data /d token --account=octocat --json github')).toEqual(expected);
    expect(understood('--json --data=/d --account octocat token github')).toEqual({ ...expected });
  });

  it('may leave out what is not required', () => {
    expect(understood('disconnect')).toMatchObject({ command: 'disconnect', arguments: {} });
  });

  it('is a cry for help with --help, however incomplete it is', () => {
    expect(understood('connect --help').switches).toEqual(['help']);
    expect(understood('connect -h nonsense').switches).toEqual(['help']);
    expect(parse(['--help'], COMMANDS)).toBeNull();
    expect(parse([], COMMANDS)).toBeNull();
  });
});

describe('a wrong command line', () => {
  it.each([
    ['statsu', 'no command "statsu" (did you mean status?)'],
    ['toString', 'no command "toString"'],
    ['connect', 'needs PROVIDER'],
    ['connect gitlab', 'PROVIDER can be github, jira, slack, hq, not "gitlab"'],
    ['connect github octocat', 'does not take "octocat"'],
    ['connect github --devise', 'no option --devise (did you mean --device?)'],
    ['status --device', 'no option --device'],
    ['status -x', 'no option -x'],
    ['status --json=yes', '--json takes no value'],
    ['status --data', '--data needs a value (DIR)'],
    ['status --data --json', '--data needs a value (DIR)'],
    ['status --data=', '--data needs a value (DIR)'],
    ['serve --vault memory', '--vault can be keychain, passphrase, file, not "memory"'],
    ['updates chek', '(did you mean check?)'],
    ['settings set no-such 1', 'KEY can be'],
    ['--json', 'A command is missing'],
  ])('%s: says %s', (line, message) => {
    expect(() => understood(line)).toThrow(
      expect.objectContaining({ code: 'bad_input', message: expect.stringContaining(message) }),
    );
  });

  it('names the page that helps', () => {
    expect(() => understood('token')).toThrow(expect.objectContaining({ remedy: 'See `trackeep token --help`.' }));
    expect(() => understood('tokken')).toThrow(expect.objectContaining({ remedy: 'See `trackeep --help`.' }));
  });
});

describe('the table of commands', () => {
  it('uses an option in one form only, since a line is read before its command is known', () => {
    const forms = new Map<string, boolean>();
    for (const { name, value } of COMMANDS.flatMap((command) => command.options ?? [])) {
      expect(forms.get(name) ?? value !== undefined).toBe(value !== undefined);
      forms.set(name, value !== undefined);
    }
  });
});
