import { COMMON_OPTIONS, type Command, type Option } from './command.ts';
import { EXIT_MEANINGS } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { table, wrap } from './words.ts';

const WIDTH = 80;
const INDENT = '    ';

/** The page of `trackeep --help`. */
export function overview(commands: readonly Command[], { bold }: Terminal): string[] {
  return [
    'Signs you in once, keeps your tokens in the keychain, and watches Trackeep releases.',
    '',
    bold('Usage'),
    `${INDENT}trackeep COMMAND [OPTIONS]`,
    '',
    bold('Commands'),
    ...table(
      commands.map(({ name, summary }) => [name, summary]),
      INDENT,
    ),
    '',
    bold('Options of every command'),
    ...optionLines([...COMMON_OPTIONS, { name: 'version', short: 'V', text: 'The version of this command.' }]),
    '',
    'More about one of them: trackeep help COMMAND',
  ];
}

/** The page of one command, in the order of a manual page. */
export function manual(command: Command, { bold }: Terminal): string[] {
  const { name, summary, description, arguments: args = [], options = [], examples = [] } = command;
  const section = (title: string, lines: string[]) => (lines.length === 0 ? [] : ['', bold(title), ...lines]);
  return [
    bold('NAME'),
    `${INDENT}trackeep ${name} - ${summary}`,
    ...section('SYNOPSIS', synopsis(command)),
    ...section(
      'DESCRIPTION',
      description.flatMap((paragraph, index) => [...(index === 0 ? [] : ['']), ...wrap(paragraph, WIDTH, INDENT)]),
    ),
    ...section(
      'ARGUMENTS',
      args.flatMap((arg) => entry(arg.name, arg.text + choices(arg.values))),
    ),
    ...section('OPTIONS', optionLines([...options, ...COMMON_OPTIONS])),
    ...section(
      'EXIT CODES',
      table(
        EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
        INDENT,
      ),
    ),
    ...section(
      'EXAMPLES',
      examples.map((example) => INDENT + example),
    ),
  ];
}

function synopsis({ name, arguments: args = [], options = [] }: Command): string[] {
  const known = [...options, ...COMMON_OPTIONS].filter((option) => option.name !== 'help');
  const parts = [
    `trackeep ${name}`,
    ...args.map((arg) => (arg.required ? arg.name : `[${arg.name}]`)),
    ...known.map((option) => `[${spelled(option)}]`),
  ];
  // An option stays on one line with its value.
  const unbroken = parts.map((part) => part.replaceAll(' ', '\u00a0')).join(' ');
  return wrap(unbroken, WIDTH, INDENT, INDENT + INDENT).map((line) => line.replaceAll('\u00a0', ' '));
}

function spelled({ name, value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function optionLines(options: readonly Option[]): string[] {
  return options.flatMap((option) => {
    const short = option.short === undefined ? '' : `-${option.short}, `;
    return entry(short + spelled(option), option.text + choices(option.values));
  });
}

function choices(values: readonly string[] | undefined): string {
  return values === undefined ? '' : ` One of ${values.join(', ')}.`;
}

function entry(term: string, text: string): string[] {
  return [INDENT + term, ...wrap(text, WIDTH, INDENT + INDENT)];
}
