import { COMMON_OPTIONS, type Command, type Option } from './command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that teaches a shell the commands, their options and their values. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](commands);
}

/** The options of a command, those of every command included. */
function optionsOf(command: Command): readonly Option[] {
  return [...(command.options ?? []), ...COMMON_OPTIONS];
}

/** What can follow an option that takes a value. */
function valueWords(commands: readonly Command[]): { option: string; values: readonly string[] | null }[] {
  const all = [...COMMON_OPTIONS, ...commands.flatMap((command) => command.options ?? [])];
  const names = new Map(all.filter((option) => option.value !== undefined).map((option) => [option.name, option]));
  return [...names.values()].map((option) => ({ option: `--${option.name}`, values: option.values ?? null }));
}

function bash(commands: readonly Command[]): string {
  const valueCases = valueWords(commands).map(({ option, values }) =>
    values === null
      ? `    ${option}) COMPREPLY=($(compgen -f -- "$word")); return ;;`
      : `    ${option}) COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$word")); return ;;`,
  );
  const commandCases = commands.map((command) => {
    const values = (command.arguments ?? []).flatMap((argument) => argument.values ?? []);
    const options = optionsOf(command).map((option) => `--${option.name}`);
    return `    ${command.name}) words="${[...values, ...options].join(' ')}" ;;`;
  });
  return `# bash completion for trackeep; to use it: source <(trackeep completion bash)
_trackeep() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" words="" index
  case "$before" in
${valueCases.join('\n')}
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
    --data) ((index++)) ;;
    -*) ;;
    *) command="\${COMP_WORDS[index]}"; break ;;
    esac
  done
  case "$command" in
    "") words="${[...commands.map((command) => command.name), ...COMMON_OPTIONS.map((option) => `--${option.name}`), '--version'].join(' ')}" ;;
${commandCases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _trackeep trackeep
`;
}

function zsh(commands: readonly Command[]): string {
  // Within single quotes; brackets end an option's text, a colon ends a command's name.
  const quoted = (text: string, special: RegExp) => text.replace(/'/g, `'\\''`).replace(special, '\\$&');
  const optionSpec = ({ name, value, values, text }: Option) => {
    const action = value === undefined ? '' : `:${value}:${values ? `(${values.join(' ')})` : '_files'}`;
    return `'--${name}[${quoted(text, /[[\]]/g)}]${action}'`;
  };
  const commandCases = commands.map((command) => {
    const args = (command.arguments ?? []).map(
      (argument, index) =>
        `'${index + 1}:${argument.name}:${argument.values ? `(${argument.values.join(' ')})` : ' '}'`,
    );
    return `      ${command.name}) _arguments ${[...args, ...optionsOf(command).map(optionSpec)].join(' ')} ;;`;
  });
  return `#compdef trackeep
# zsh completion for trackeep; to use it: source <(trackeep completion zsh)
_trackeep() {
  local context state line
  typeset -A opt_args
  _arguments -C ${COMMON_OPTIONS.map(optionSpec).join(' ')} '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands=(${commands.map(({ name, summary }) => `'${name}:${quoted(summary, /:/g)}'`).join(' ')})
      _describe command commands ;;
    argument)
      case $line[1] in
${commandCases.map((line) => `  ${line}`).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = "_trackeep" ]; then _trackeep "$@"; else compdef _trackeep trackeep; fi
`;
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const optionLine = (condition: string, { name, short, value, values, text }: Option) =>
    [
      'complete -c trackeep',
      condition,
      `-l ${name}`,
      ...(short === undefined ? [] : [`-s ${short}`]),
      ...(value === undefined ? [] : values === undefined ? ['-r -F'] : [`-x -a ${quoted(values.join(' '))}`]),
      `-d ${quoted(text)}`,
    ]
      .filter(Boolean)
      .join(' ');
  const lines = [
    '# fish completion for trackeep; to use it: trackeep completion fish | source',
    'complete -c trackeep -f',
    ...COMMON_OPTIONS.map((option) => optionLine('', option)),
  ];
  for (const { name, summary, arguments: args = [], options = [] } of commands) {
    lines.push(`complete -c trackeep -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`);
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    for (const { values } of args)
      if (values) lines.push(`complete -c trackeep ${within} -a ${quoted(values.join(' '))}`);
    for (const option of options) lines.push(optionLine(within, option));
  }
  return `${lines.join('\n')}\n`;
}
