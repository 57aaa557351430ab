import { optionsOf } from '../arguments.ts';
import { type Command, EXIT, FORMATS, UsageError } from '../command.ts';

/** Shell completion, made from the commands themselves. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'Prints the completion script of a shell',
    takes: '<bash|zsh|fish>',
    options: [],
    examples: [
      ['completion bash > /etc/bash_completion.d/meshplay-troubleshooter', 'for every user, in bash'],
      ['completion zsh >> ~/.zshrc', 'for you, in zsh'],
      ['completion fish > ~/.config/fish/completions/meshplay-troubleshooter.fish', 'for you, in fish'],
    ],
    isLocal: true,
    run(context) {
      const [shell] = context.words;
      const words = commands().map((one) => one.name.split(' '));
      const nouns = [...new Set(words.map(([noun]) => noun ?? ''))];
      const verbs = nouns.map(
        (noun) =>
          [noun, words.filter(([first]) => first === noun).flatMap(([, verb]) => verb ?? [])] as const,
      );
      switch (shell) {
        case 'bash':
        case 'zsh':
          context.data(
            [
              ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
              '_meshplay_troubleshooter() {',
              '  local word="${COMP_WORDS[COMP_CWORD]}"',
              '  case "$COMP_CWORD:${COMP_WORDS[1]}" in',
              `    1:*) COMPREPLY=($(compgen -W "${nouns.join(' ')}" -- "$word")) ;;`,
              ...verbs
                .filter(([, list]) => list.length > 0)
                .map(
                  ([noun, list]) =>
                    `    2:${noun}) COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$word")) ;;`,
                ),
              '  esac',
              // Behind the command: its options, and the values of the one option whose values are known.
              '  if [[ "${COMP_WORDS[COMP_CWORD-1]}" == --output || "${COMP_WORDS[COMP_CWORD-1]}" == -o ]]; then',
              `    COMPREPLY=($(compgen -W "${FORMATS.join(' ')}" -- "$word"))`,
              '  elif [[ "$word" == -* ]]; then',
              '    case "${COMP_WORDS[1]} ${COMP_WORDS[2]}" in',
              ...commands().map(
                (one) =>
                  `      "${one.name}"${one.name.includes(' ') ? '' : '*'}) COMPREPLY=($(compgen -W "${flagsOf(one).join(' ')}" -- "$word")) ;;`,
              ),
              '    esac',
              '  fi',
              '}',
              'complete -F _meshplay_troubleshooter meshplay-troubleshooter',
            ].join('\n'),
          );
          return Promise.resolve(EXIT.healthy);
        case 'fish':
          context.data(
            [
              `complete -c meshplay-troubleshooter -f -n __fish_use_subcommand -a "${nouns.join(' ')}"`,
              ...verbs
                .filter(([, list]) => list.length > 0)
                .map(
                  ([noun, list]) =>
                    `complete -c meshplay-troubleshooter -f -n "__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${list.join(' ')}" -a "${list.join(' ')}"`,
                ),
              ...commands().flatMap((one) => {
                const within = one.name
                  .split(' ')
                  .map((word) => `__fish_seen_subcommand_from ${word}`)
                  .join('; and ');
                return optionsOf(one).map(
                  ({ name, type, summary }) =>
                    `complete -c meshplay-troubleshooter -n "${within}" -l ${name}${valuesOf(name, type)} -d ${quoted(summary)}`,
                );
              }),
            ].join('\n'),
          );
          return Promise.resolve(EXIT.healthy);
        default:
          throw new UsageError('Name the shell: bash, zsh or fish.');
      }
    },
  };
}

function flagsOf(command: Command): string[] {
  return optionsOf(command).map(({ name }) => `--${name}`);
}

function valuesOf(name: string, type: 'boolean' | 'string'): string {
  if (name === 'output') return ` -x -a "${FORMATS.join(' ')}"`;
  return type === 'string' ? ' -r' : '';
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
