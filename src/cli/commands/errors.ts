import { errorReferences, findErrorReference } from '../../core/errors-reference/references.ts';
import { type Command, EXIT, UsageError } from '../command.ts';
import { write } from '../output/formats.ts';
import { paragraph, table } from '../output/layout.ts';

export const errorsCommand: Command = {
  name: 'errors',
  summary: 'Cause and remedy of an error code; without a code all of them',
  takes: '[code]',
  options: [],
  examples: [
    ['errors meshplay-server-1040', 'cause and remedy of a code of Meshplay'],
    ['errors MT-B-04', 'of one of this program'],
    ['errors', 'all of them'],
  ],
  isLocal: true,
  run(context) {
    const [code] = context.words;
    const { paint, columns } = context;
    if (code === undefined) {
      write(
        context,
        errorReferences,
        () =>
          table(
            errorReferences.map((one) => [paint.strong(one.code), one.title]),
            columns,
          ),
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
          paragraph('', `${paint.strong(found.code)}: ${found.title}`, columns),
          '',
          paragraph('Cause:  ', found.cause, columns),
          paragraph('Remedy: ', found.remedy, columns),
        ].join('\n'),
      () => [],
    );
    return Promise.resolve(EXIT.healthy);
  },
};
