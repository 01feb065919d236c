// weir completion bash|zsh|fish: completion of verbs and options for a shell, made from the program's own definition of them.
import type { Command, Option } from 'commander';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';

/** A verb (or the program itself) as completion needs it. */
interface Verb {
  /** `remediation list`; '' for the program. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly verbs: readonly string[];
}

interface CompletedOption {
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** Its value is a path. */
  readonly takesFile: boolean;
}

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('completion of verbs and options for a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      `
Examples:
  source <(weir completion bash)
  weir completion zsh > ~/.zfunc/_weir
  weir completion fish > ~/.config/fish/completions/weir.fish`,
    )
    .action((shell: string, _options: unknown, command: Command) => {
      if (!Object.hasOwn(scripts, shell)) throw new CommandFailure(`there is completion for ${Object.keys(scripts).join(', ')}, not for ${shell}`, 2);
      const verbs = describeVerbs(program, '');
      print(globalOptions(command).json, verbs, () => [scripts[shell as keyof typeof scripts](verbs).trimEnd()]);
    });
}

function describeVerbs(command: Command, path: string): readonly Verb[] {
  const options = command.options.filter((option) => !option.hidden).map(describeOption);
  const shared = path === '' ? [] : globalsOf(command);
  const own: Verb = {
    path,
    description: command.description(),
    options: [...options, ...shared, { flags: ['-h', '--help'], description: 'show help', takesValue: false, takesFile: false }],
    verbs: command.commands.map((verb) => verb.name()),
  };
  return [own, ...command.commands.flatMap((verb) => describeVerbs(verb, `${path} ${verb.name()}`.trim()))];
}

/** Options of the program may stand behind any verb. */
function globalsOf(command: Command): readonly CompletedOption[] {
  let top = command;
  while (top.parent !== null) top = top.parent;
  return top.options.map(describeOption);
}

function describeOption(option: Option): CompletedOption {
  const takesValue = option.required || option.optional;
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
    description: option.description,
    takesValue,
    takesFile: takesValue && /<(?:path|file)>/.test(option.flags),
  };
}

/** Written for bash 3.2, which macOS still has. */
function bashScript(verbs: readonly Verb[]): string {
  const cases = verbs.map(({ path, options, verbs: names }) => `    '${path}') words='${[...names, ...options.flatMap(({ flags }) => flags)].join(' ')}' ;;`);
  const files = [...new Set(verbs.flatMap(({ options }) => options.filter(({ takesFile }) => takesFile).flatMap(({ flags }) => flags)))];
  const valued = [
    ...new Set(verbs.flatMap(({ options }) => options.filter(({ takesValue, takesFile }) => takesValue && !takesFile).flatMap(({ flags }) => flags))),
  ];
  const paths = verbs.map(({ path }) => path).filter((path) => path !== '');
  return `# Completion of weir for bash; made by: weir completion bash
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb='' word words=''
  COMPREPLY=()
  case "$previous" in
    ${files.join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${valued.join('|')}) return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${verb:+$verb }$word" in
      ${paths.map((path) => `'${path}'`).join('|')}) verb="\${verb:+$verb }$word" ;;
    esac
  done
  case "$verb" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _weir weir
`;
}

function zshScript(verbs: readonly Verb[]): string {
  const quoted = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(':', '\\:').replaceAll('[', '(').replaceAll(']', ')');
  const described = new Map(verbs.map(({ path, description }) => [path, description]));
  const cases = verbs.map(({ path, options, verbs: names }) => {
    const values = [
      ...names.map((name) => `'${name}:${quoted(described.get(`${path} ${name}`.trim()) ?? '')}'`),
      ...options.flatMap(({ flags, description }) => flags.map((flag) => `'${flag}:${quoted(description)}'`)),
    ];
    return `    '${path}') choices=(${values.join(' ')}) ;;`;
  });
  const files = [...new Set(verbs.flatMap(({ options }) => options.filter(({ takesFile }) => takesFile).flatMap(({ flags }) => flags)))];
  const valued = [
    ...new Set(verbs.flatMap(({ options }) => options.filter(({ takesValue, takesFile }) => takesValue && !takesFile).flatMap(({ flags }) => flags))),
  ];
  const paths = verbs.map(({ path }) => path).filter((path) => path !== '');
  return `#compdef weir
# Completion of weir for zsh; made by: weir completion zsh
_weir() {
  local verb='' word previous="\${words[CURRENT-1]}"
  local -a choices
  case "$previous" in
    ${files.join('|')}) _files; return ;;
    ${valued.join('|')}) return ;;
  esac
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${verb:+$verb }$word" in
      ${paths.map((path) => `'${path}'`).join('|')}) verb="\${verb:+$verb }$word" ;;
    esac
  done
  case "$verb" in
${cases.join('\n')}
  esac
  _describe 'weir' choices
}
compdef _weir weir
`;
}

function fishScript(verbs: readonly Verb[]): string {
  const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const described = new Map(verbs.map(({ path, description }) => [path, description]));
  const lines = verbs.flatMap(({ path, options, verbs: names }) => {
    const when = `-n '__weir_at "${path}"'`;
    return [
      ...names.map((name) => `complete -c weir -f ${when} -a '${name}' -d '${quoted(described.get(`${path} ${name}`.trim()) ?? '')}'`),
      ...options.map(({ flags, description, takesValue, takesFile }) => {
        const named = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
        return `complete -c weir ${when} ${named}${takesFile ? ' -r -F' : takesValue ? ' -x' : ' -f'} -d '${quoted(description)}'`;
      }),
    ];
  });
  const paths = verbs.map(({ path }) => path).filter((path) => path !== '');
  return `# Completion of weir for fish; made by: weir completion fish
function __weir_at
  set -l verb ''
  for word in (commandline -opc)[2..]
    set -l longer (string trim -- "$verb $word")
    contains -- $longer ${paths.map((path) => `'${path}'`).join(' ')}; and set verb $longer
  end
  test "$verb" = "$argv[1]"
end
${lines.join('\n')}
`;
}
