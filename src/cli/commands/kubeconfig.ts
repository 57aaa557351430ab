import { basename } from 'node:path';
import { type Command, type CommandContext, EXIT, UsageError } from '../command.ts';
import { UPLOAD_CONSENTS, UploadConsent } from '../../api/kubeconfig-upload.ts';
import type { RouteReply } from '../../api/route.ts';
import type { Routes } from '../../api/routes.ts';
import { write } from '../output/formats.ts';
import { kubeconfigReference } from '../../core/errors-reference/kubeconfig-code.ts';
import { table } from '../output/layout.ts';

export const kubeconfigRediscoverCommand: Command = {
  name: 'kubeconfig rediscover',
  summary: 'Reads the known paths again: what was tried, what is new, changed and gone',
  options: [],
  examples: [
    ['kubeconfig rediscover', 'which kubeconfigs were tried, and what was found in them'],
    ['kubeconfig rediscover --output yaml', 'the same for a script'],
  ],
  async run(context) {
    const found = await context.client.call('kubeconfigRediscover', {}, { signal: context.signal });
    const { paint, columns } = context;
    write(
      context,
      found,
      () =>
        [
          table(
            [
              ['PATH', 'RESULT', 'CONTEXTS', 'WHY IT WAS TRIED'].map(paint.strong),
              ...found.paths.map((one) => [
                one.path,
                one.message === undefined ? one.outcome : `${one.outcome}: ${one.message}`,
                String(one.contexts),
                one.reason,
              ]),
            ],
            columns,
          ),
          '',
          table(
            [
              ['CONTEXT', 'SERVER', 'SOURCE', 'PROBLEM'].map(paint.strong),
              ...found.contexts.map((one) => [
                one.context,
                one.server ?? '',
                one.source,
                one.problem?.message ?? '',
              ]),
            ],
            columns,
          ),
          '',
          `${found.added.length} new, ${found.changed.length} changed, ${found.removed.length} gone`,
        ].join('\n'),
      () =>
        found.contexts.map((one) => ({
          suite: one.source,
          name: one.context,
          failure: one.problem?.message,
        })),
    );
    if (found.contexts.length === 0) return EXIT.notObserved;
    return found.contexts.some((one) => one.problem !== undefined) ? EXIT.findings : EXIT.healthy;
  },
};

type Preview = RouteReply<Routes['kubeconfigPreview']>;

const AGREE = {
  name: 'agree',
  type: 'string',
  value: 'WORDS',
  summary: `what you agree to, with commas between: ${UPLOAD_CONSENTS.join(', ')}`,
} as const;

export const kubeconfigPreviewCommand: Command = {
  name: 'kubeconfig preview',
  summary: 'What each context of a kubeconfig is and could do on the server; nothing is saved',
  takes: '<file>',
  options: [AGREE],
  examples: [
    ['kubeconfig preview ./config', 'which contexts are in it, and what each would do'],
    ['kubeconfig preview ./config --agree insecure-tls', 'and what is left to refuse once you agree to that'],
  ],
  async run(context) {
    const { found } = await look(context);
    write(
      context,
      found,
      () => linesOf(found, context),
      () =>
        found.contexts.map((one) => ({
          suite: one.fileName,
          name: one.context,
          failure: one.canAdd ? undefined : whyNot(one),
        })),
    );
    if (found.contexts.length === 0) return EXIT.notObserved;
    return found.contexts.every((one) => one.canAdd) ? EXIT.healthy : EXIT.findings;
  },
};

export const kubeconfigAddCommand: Command = {
  name: 'kubeconfig add',
  summary: 'Adds the contexts of a kubeconfig to the server, or the one named',
  takes: '<file>',
  options: [{ name: 'context', type: 'string', value: 'NAME', summary: 'only this context' }, AGREE],
  needsFolder: true,
  examples: [
    ['kubeconfig add ./config', 'every context that nothing speaks against'],
    ['kubeconfig add ./config --context staging --agree loopback', 'one, and what you agree to for it'],
  ],
  async run(context) {
    const { found, files, consents } = await look(context);
    const wanted = context.options['context'];
    const chosen = found.contexts.filter((one) => wanted === undefined || one.context === wanted);
    if (chosen.length === 0) {
      const problem = found.files[0]?.problem?.message;
      throw new UsageError(
        problem ??
          (typeof wanted === 'string'
            ? `There is no context “${wanted}” in the file.`
            : 'There is no context in the file.'),
      );
    }
    const contexts = chosen.map((one) => ({ file: one.file, context: one.context, consents }));
    const reply = await context.client.call(
      'kubeconfigAdd',
      { body: { files, contexts } },
      { signal: context.signal },
    );
    write(
      context,
      reply,
      () =>
        [
          ...reply.added.map(
            (one) =>
              `${one.context}: ${one.isNew ? 'added' : 'added as a further way in'} (${one.connectionId})`,
          ),
          ...reply.refused.map((one) => `${one.context}: not added. ${one.reason}`),
        ].join('\n'),
      () => [
        ...reply.added.map((one) => ({ suite: 'added', name: one.context, failure: undefined })),
        ...reply.refused.map((one) => ({ suite: 'added', name: one.context, failure: one.reason })),
      ],
    );
    return reply.refused.length === 0 ? EXIT.healthy : EXIT.findings;
  },
};

async function look(context: CommandContext) {
  const [path] = context.words;
  if (path === undefined) throw new UsageError('Name the kubeconfig file.');
  const consents = consentsOf(context.options['agree']);
  const files = [{ name: basename(path), text: await context.readText(path) }];
  const options = { signal: context.signal };
  const first = await context.client.call('kubeconfigPreview', { body: { files } }, options);
  if (consents.length === 0) return { found: first, files, consents };
  const contexts = first.contexts.map((one) => ({ file: one.file, context: one.context, consents }));
  const found = await context.client.call('kubeconfigPreview', { body: { files, contexts } }, options);
  return { found, files, consents };
}

function consentsOf(value: string | boolean | undefined): UploadConsent[] {
  if (typeof value !== 'string') return [];
  return value.split(',').map((word) => {
    const parsed = UploadConsent.safeParse(word.trim());
    if (parsed.success) return parsed.data;
    throw new UsageError(`--agree takes ${UPLOAD_CONSENTS.join(', ')}, not “${word}”.`);
  });
}

function linesOf(found: Preview, { paint, columns }: CommandContext): string {
  const problems = found.files.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${name}: ${problem.message}`],
  );
  const codes = new Set(
    [
      ...found.files.map(({ problem }) => problem),
      ...found.contexts.flatMap(({ refusals }) => refusals),
    ].flatMap((one) => (one === undefined ? [] : [kubeconfigReference(one.code)])),
  );
  const rows = found.contexts.map((one) => [
    one.context,
    one.server,
    one.known?.name ?? '',
    one.canAdd ? 'can be added' : 'refused',
    [whyNot(one), ...one.warnings.map(({ message }) => message)].filter((text) => text !== '').join(' '),
  ]);
  return [
    ...problems,
    table([['CONTEXT', 'SERVER', 'KNOWN AS', 'RESULT', 'WHAT TO KNOW'].map(paint.strong), ...rows], columns),
    ...[...codes].map((code) => paint.quiet(`  more: errors ${code}`)),
  ].join('\n');
}

function whyNot({ refusals, reach }: Preview['contexts'][number]): string {
  if (refusals.length > 0) return refusals.map(({ message }) => message).join(' ');
  return reach.status === 'reached'
    ? `Kubernetes ${reach.version}.`
    : reach.status === 'failed'
      ? `Not reached: ${reach.failure.message}`
      : reach.reason;
}
