/** The parts of a command that can be completed. */
export interface CommandShape {
  name: string;
  about: string;
  options: { names: string[]; about: string; takesValue: boolean; values: string[] }[];
  /** The words allowed for each argument; null if it is a file name. */
  arguments: (readonly string[] | null)[];
  commands: CommandShape[];
}

/** The script of each shell. */
export const COMPLETIONS = { bash, zsh, fish } satisfies Record<
  string,
  (program: CommandShape) => string
>;
export type Shell = keyof typeof COMPLETIONS;

const namesOf = ({ options }: CommandShape) => options.flatMap(({ names }) => names);
const wordsOf = ({ arguments: all }: CommandShape) => all.flatMap((words) => words ?? []);
const takesFile = ({ arguments: all }: CommandShape) => all.includes(null);
/** For a shell, within single quotes. */
const quoted = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`;

function bash(program: CommandShape): string {
  const cases = program.commands.map((command) => {
    const words = [...wordsOf(command), ...namesOf(command)].join(' ');
    return `    ${command.name}) words=${quoted(words)}; files=${takesFile(command) ? 1 : 0} ;;`;
  });
  const valued = program.commands.flatMap((command) =>
    command.options
      .filter(({ takesValue }) => takesValue)
      .map(({ names, values }) => ({ names, values })),
  );
  const values = valued.map(({ names, values: allowed }) => {
    const words = allowed.length > 0 ? 'compgen -W "$words"' : 'compgen -f';
    const reply = `mapfile -t COMPREPLY < <(${words} -- "$current"); return`;
    return `    ${names.join('|')}) words=${quoted(allowed.join(' '))}; ${reply} ;;`;
  });
  const first = [...program.commands.map(({ name }) => name), ...namesOf(program)].join(' ');
  return `# bash completion for ${program.name}
_${program.name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command= words files=0 word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) command=$word; break ;; esac
  done
  case $previous in
${values.join('\n')}
  esac
  case $command in
${cases.join('\n')}
    *) words=${quoted(first)} ;;
  esac
  mapfile -t COMPREPLY < <(
    compgen -W "$words" -- "$current"
    if [ "$files" = 1 ] && [[ $current != -* ]]; then compgen -f -- "$current"; fi
  )
}
complete -o filenames -F _${program.name} ${program.name}
`;
}

function zsh(program: CommandShape): string {
  const option = ({ names, about, takesValue, values }: CommandShape['options'][number]) => {
    const value = takesValue
      ? `:value:${values.length > 0 ? `(${values.join(' ')})` : '_files'}`
      : '';
    const label = `[${about.replace(/[[\]\\:]/g, '\\$&')}]${value}`;
    return names.length > 1
      ? `${quoted(`(${names.join(' ')})`)}{${names.join(',')}}${quoted(label)}`
      : quoted(`${names[0]}${label}`);
  };
  const takes = (command: CommandShape) =>
    command.arguments.map((words, index) =>
      quoted(`${index + 1}:${words ? `word:(${words.join(' ')})` : 'file:_files'}`),
    );
  const cases = program.commands.map(
    (command) =>
      `    ${command.name}) _arguments ${[...command.options.map(option), ...takes(command)].join(' ')} ;;`,
  );
  return `#compdef ${program.name}
_${program.name}() {
  local context state line
  local -a commands=(
${program.commands.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`).join('\n')}
  )
  _arguments -C ${program.options.map(option).join(' ')} '1:command:->command' '*::argument:->argument'
  case $state in
  command) _describe command commands ;;
  argument) case $line[1] in
${cases.join('\n')}
    esac ;;
  esac
}
if [ "$funcstack[1]" = _${program.name} ]; then
  _${program.name} "$@"
else
  compdef _${program.name} ${program.name}
fi
`;
}

function fish(program: CommandShape): string {
  const within = (name: string) => `-n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
  const option =
    (where: string) =>
    ({ names, about, takesValue, values }: CommandShape['options'][number]) => {
      const spelled = names
        .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
        .join(' ');
      const value = takesValue
        ? values.length > 0
          ? ` -x -a ${quoted(values.join(' '))}`
          : ' -r -F'
        : '';
      return `complete -c ${program.name} ${where} ${spelled} -d ${quoted(about)}${value}`;
    };
  const lines = [
    `# fish completion for ${program.name}`,
    `complete -c ${program.name} -f`,
    ...program.options.map(option('-n __fish_use_subcommand')),
  ];
  for (const command of program.commands) {
    lines.push(
      `complete -c ${program.name} -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.about)}`,
    );
    if (takesFile(command)) lines.push(`complete -c ${program.name} ${within(command.name)} -F`);
    if (wordsOf(command).length > 0)
      lines.push(
        `complete -c ${program.name} ${within(command.name)} -a ${quoted(wordsOf(command).join(' '))}`,
      );
    lines.push(...command.options.map(option(within(command.name))));
  }
  return `${lines.join('\n')}\n`;
}
