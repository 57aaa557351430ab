import { type Command, EXIT, UsageError } from '../command.ts';

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
                    `complete -c meshplay-troubleshooter -f -n "__fish_seen_subcommand_from ${noun}" -a "${list.join(' ')}"`,
                ),
            ].join('\n'),
          );
          return Promise.resolve(EXIT.healthy);
        default:
          throw new UsageError('Name the shell: bash, zsh or fish.');
      }
    },
  };
}
