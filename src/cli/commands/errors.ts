import { errorReferences, findErrorReference } from '../../core/errors-reference/references.ts';
import { type Command, EXIT, UsageError } from '../command.ts';
import { write } from '../output/formats.ts';
import { paintFor, table } from '../output/paint.ts';

export const errorsCommand: Command = {
  name: 'errors',
  summary: 'Cause and remedy of an error code; without a code all of them',
  takes: '[code]',
  options: [],
  examples: ['errors meshplay-server-1040', 'errors MT-B-04', 'errors'],
  isLocal: true,
  run(context) {
    const [code] = context.words;
    const paint = paintFor(context.isTerminal);
    if (code === undefined) {
      write(
        context,
        errorReferences,
        () => table(errorReferences.map((one) => [paint.strong(one.code), one.title])),
        () => [],
      );
      return Promise.resolve(EXIT.healthy);
    }
    const found = findErrorReference(code);
    if (found === undefined)
      throw new UsageError(`There is no error code “${code}”. \`errors\` lists them all.`);
    write(
      context,
      found,
      () =>
        [
          `${paint.strong(found.code)}: ${found.title}`,
          '',
          `Cause: ${found.cause}`,
          `Remedy: ${found.remedy}`,
        ].join('\n'),
      () => [],
    );
    return Promise.resolve(EXIT.healthy);
  },
};
