import { z } from 'zod';
import { Failure } from './evidence.ts';
import { KubeconfigDiscovery } from './kubeconfig.ts';
import { defineRoute } from './route.ts';

export const MAX_UPLOAD_FILES = 20;
export const MAX_UPLOAD_CHARACTERS = 1_048_576;
const MAX_CHOSEN_CONTEXTS = 200;

/** What travels beside the text of files: their names, and the choices. */
const BESIDE_FILES_BYTES = 1_048_576;

/** A body with so many files; as JSON, line ends and quotation marks take two bytes each, so text may double. */
const bodyFor = (files: number) => ({
  bytes: files * 2 * MAX_UPLOAD_CHARACTERS + BESIDE_FILES_BYTES,
  remedy:
    files === 1
      ? 'Send one kubeconfig of at most 1 MB.'
      : `Send at most ${files} kubeconfigs at once, each of at most 1 MB.`,
});

/** One kubeconfig as a person gave it. Its text is judged; no file it names is ever read, and
 * no program started that this server’s policy does not allow. */
export const KubeconfigFile = z
  .object({
    name: z.string().max(300).describe('what the person calls it: the file’s name, or “pasted”'),
    text: z.string().max(MAX_UPLOAD_CHARACTERS, 'a kubeconfig is at most 1 MB'),
  })
  .meta({ id: 'KubeconfigFile' });

/** What a person must agree to, each by itself. */
export const UPLOAD_CONSENTS = ['insecure-tls', 'tls-server-name', 'loopback', 'no-tls', 'exec'] as const;
export const UploadConsent = z.enum(UPLOAD_CONSENTS).meta({ id: 'UploadConsent' });
export type UploadConsent = z.infer<typeof UploadConsent>;

const consents = z.array(UploadConsent).max(UPLOAD_CONSENTS.length).default([]);

/** One context of the files sent, and what the person agreed to for it. */
export const ContextChoice = z
  .object({
    file: z
      .number()
      .int()
      .min(0)
      .max(MAX_UPLOAD_FILES - 1)
      .describe('index into `files`'),
    context: z.string().max(500),
    consents,
  })
  .meta({ id: 'ContextChoice' });
export type ContextChoice = z.infer<typeof ContextChoice>;

const UploadIssue = z.object({ code: z.string(), field: z.string(), message: z.string() });

/** What this server could do with the credentials of a context. */
export const ContextAbility = z
  .object({
    ability: z.enum(['watch', 'install', 'port-forward']),
    isAllowed: z.boolean(),
    missing: z.array(z.string()).describe('`verb resource.group` of each right that is missing'),
  })
  .meta({ id: 'ContextAbility' });
export type ContextAbility = z.infer<typeof ContextAbility>;

export const ContextPreview = z
  .object({
    file: z.number().int(),
    fileName: z.string(),
    context: z.string(),
    cluster: z.string(),
    user: z.string(),
    server: z.string().describe('empty where it could not be read'),
    namespace: z.string().optional(),
    isCurrent: z.boolean(),
    isTlsVerified: z.boolean(),
    refusals: z.array(UploadIssue).describe('why it cannot be added at all'),
    warnings: z.array(UploadIssue.extend({ needsConsent: z.boolean() })),
    reach: z
      .discriminatedUnion('status', [
        z.object({ status: z.literal('reached'), version: z.string() }),
        z.object({ status: z.literal('failed'), failure: Failure }),
        z.object({ status: z.literal('not-tried'), reason: z.string() }),
      ])
      .describe('a context that needs consent is not dialled before it was given'),
    clusterUid: z.string().optional().describe('UID of kube-system'),
    known: z
      .object({ connectionId: z.string(), name: z.string() })
      .optional()
      .describe('the connection it would be a further way into'),
    abilities: z.array(ContextAbility).describe('empty where the cluster was not reached'),
    canAdd: z.boolean().describe('true once every consent is given'),
  })
  .meta({ id: 'ContextPreview' });
export type ContextPreview = z.infer<typeof ContextPreview>;

const UploadedFiles = z.array(KubeconfigFile).min(1).max(MAX_UPLOAD_FILES);

export const kubeconfigPreview = defineRoute({
  name: 'kubeconfigPreview',
  method: 'POST',
  path: '/api/kubeconfigs/preview',
  summary: 'What each context of these kubeconfigs is and could do here; nothing is saved',
  body: z.object({
    files: UploadedFiles,
    contexts: z
      .array(ContextChoice)
      .max(MAX_CHOSEN_CONTEXTS)
      .default([])
      .describe('consents given so far, so that those contexts may be dialled'),
  }),
  response: z.object({
    files: z.array(
      z.object({
        name: z.string(),
        contexts: z.number(),
        problem: UploadIssue.omit({ field: true }).optional().describe('why nothing of the file can be used'),
      }),
    ),
    contexts: z.array(ContextPreview),
  }),
  errors: ['invalid-request', 'too-large'],
  bodyLimit: bodyFor(MAX_UPLOAD_FILES),
});

export const kubeconfigAdd = defineRoute({
  name: 'kubeconfigAdd',
  method: 'POST',
  path: '/api/kubeconfigs',
  summary: 'Adds the chosen contexts; credentials are kept sealed and never given back',
  body: z.object({ files: UploadedFiles, contexts: z.array(ContextChoice).min(1).max(MAX_CHOSEN_CONTEXTS) }),
  response: z.object({
    added: z.array(
      z.object({
        context: z.string().describe('under which name it was kept'),
        connectionId: z.string(),
        isNew: z.boolean().describe('false where it is a further way into a known cluster'),
      }),
    ),
    refused: z.array(z.object({ context: z.string(), reason: z.string() })),
  }),
  errors: ['invalid-request', 'too-large', 'not-available'],
  bodyLimit: bodyFor(MAX_UPLOAD_FILES),
});

/** A context found in a kubeconfig, by its place. */
const ContextPlace = z.object({ source: z.string().max(2000), context: z.string().max(500) });

export const kubeconfigShow = defineRoute({
  name: 'kubeconfigShow',
  method: 'POST',
  path: '/api/kubeconfigs/show',
  summary: 'Shows a context again whose connection was deleted',
  body: ContextPlace,
  response: KubeconfigDiscovery,
  errors: ['invalid-request', 'not-found'],
});

export const connectionReplaceCredentials = defineRoute({
  name: 'connectionReplaceCredentials',
  method: 'POST',
  path: '/api/connections/:connectionId/credentials',
  summary: 'Reaches a connection with the credentials of this kubeconfig from now on',
  params: z.object({ connectionId: z.string().min(1).max(200) }),
  body: z.object({
    file: KubeconfigFile,
    context: z.string().max(500).optional().describe('needed where the file has several that fit'),
    consents,
  }),
  response: z.object({ connectionId: z.string(), context: z.string() }),
  errors: ['invalid-request', 'not-found', 'unprocessable', 'not-available', 'too-large'],
  bodyLimit: bodyFor(1),
});
