import { parseArgs } from 'node:util';
import { AppError } from '../core/errors.ts';
import { type Argument, COMMON_OPTIONS, type Command, type Option } from './command.ts';

/** A command line, understood. */
export interface Parsed {
  command: Command;
  arguments: ReadonlyMap<string, string>;
  options: ReadonlyMap<string, string>;
  switches: ReadonlySet<string>;
}

/**
 * Reads a command line against the table of commands. Options may stand anywhere.
 *
 * @param argv without the interpreter and the script
 * @returns null when no command is named at all
 * @throws AppError `bad_input` whose message says what is wrong and whose remedy says where to look
 */
export function parse(argv: readonly string[], commands: readonly Command[]): Parsed | null {
  const { tokens } = parseArgs({
    args: [...argv],
    options: optionTypes(commands),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const words = tokens.filter((token) => token.kind === 'positional').map((token) => token.value);
  const name = words.shift();
  const command = name === undefined ? undefined : commands.find((candidate) => candidate.name === name);
  if (name !== undefined && command === undefined) {
    throw usage(
      `There is no command "${name}"${didYouMean(
        name,
        commands.map((known) => known.name),
      )}.`,
    );
  }

  const known = [...COMMON_OPTIONS, ...(command?.options ?? [])];
  const options = new Map<string, string>();
  const switches = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = known.find((candidate) => candidate.name === token.name || candidate.short === token.name);
    if (option === undefined) {
      const others = known.map((candidate) => `--${candidate.name}`);
      throw usage(`${of(command)} has no option ${token.rawName}${didYouMean(token.rawName, others)}.`, command);
    }
    if (option.value === undefined) {
      if (token.value !== undefined) throw usage(`--${option.name} takes no value.`, command);
      switches.add(option.name);
    } else {
      options.set(option.name, valueGiven(option, token, command));
    }
  }
  if (command === undefined) {
    if (switches.has('help') || argv.length === 0) return null;
    throw usage('A command is missing.');
  }
  // Help is wanted however incomplete the rest is.
  const args = switches.has('help') ? new Map<string, string>() : argumentsOf(command, words);
  return { command, arguments: args, options, switches };
}

/** An option has the same form in every command, so one reading of the line does for all of them. */
function optionTypes(commands: readonly Command[]) {
  const all = [...COMMON_OPTIONS, ...commands.flatMap((command) => command.options ?? [])];
  return Object.fromEntries(
    all.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short ? { short } : {}) },
    ]),
  );
}

function valueGiven(
  option: Option,
  token: { value?: string | undefined; inlineValue?: boolean | undefined },
  command?: Command,
) {
  const { value, inlineValue = false } = token;
  // "--data --json" is a forgotten value and not a folder of that name; "--data=--json" would be one.
  if (value === undefined || value === '' || (!inlineValue && value.startsWith('-') && value !== '-')) {
    throw usage(`--${option.name} needs a value (${option.value}).`, command);
  }
  if (option.values && !option.values.includes(value))
    throw notOneOf(`--${option.name}`, value, option.values, command);
  return value;
}

function argumentsOf(command: Command, words: readonly string[]): Map<string, string> {
  const declared: readonly Argument[] = command.arguments ?? [];
  const found = new Map<string, string>();
  for (const [index, argument] of declared.entries()) {
    const word = words[index];
    if (word === undefined) {
      if (argument.required) throw usage(`${of(command)} needs ${argument.name}: ${argument.text}`, command);
      break;
    }
    if (argument.values && !argument.values.includes(word))
      throw notOneOf(argument.name, word, argument.values, command);
    found.set(argument.name, word);
  }
  const extra = words[declared.length];
  if (extra !== undefined) throw usage(`${of(command)} does not take "${extra}".`, command);
  return found;
}

function of(command: Command | undefined): string {
  return command === undefined ? 'trackeep' : `trackeep ${command.name}`;
}

function notOneOf(name: string, value: string, values: readonly string[], command?: Command): AppError {
  return usage(`${name} can be ${values.join(', ')}, not "${value}"${didYouMean(value, values)}.`, command);
}

/** An error in how the command was used: exit code 2. */
export function usage(message: string, command?: Command): AppError {
  return new AppError('bad_input', message, { remedy: `See \`${of(command)} --help\`.` });
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = known.filter((candidate) => candidate.startsWith(word) || isOneSlipAway(word, candidate));
  return near.length === 1 ? ` (did you mean ${near[0]}?)` : '';
}

/** Whether one letter too many, too few, wrong, or swapped with its neighbour makes `a` into `b`. */
function isOneSlipAway(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}
