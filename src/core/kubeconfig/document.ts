/**
 * A kubeconfig as text, parsed into entries that can be trusted in shape. Parsing is pure, so `yaml` and `zod` are
 * used here, in core: the page previews an upload by the same rules by which the server reads its own files.
 */
import { LineCounter, isAlias, isCollection, isScalar, parseDocument, visit } from 'yaml';
import { z } from 'zod';

const Text = z.string();
const Names = z.array(Text);

/** `cluster:` of the file, with the file's own words as keys. */
const ClusterBody = z.object({
  server: Text.optional(),
  'certificate-authority': Text.optional(),
  'certificate-authority-data': Text.optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': Text.optional(),
  'proxy-url': Text.optional(),
});
export type ClusterBody = z.infer<typeof ClusterBody>;

const ExecBody = z.object({
  apiVersion: Text.optional(),
  command: Text,
  args: Names.nullish(),
  env: z.array(z.object({ name: Text, value: Text })).nullish(),
  installHint: Text.optional(),
  provideClusterInfo: z.boolean().optional(),
  interactiveMode: Text.optional(),
});
export type ExecBody = z.infer<typeof ExecBody>;

/** `user:` of the file. */
const UserBody = z.object({
  'client-certificate': Text.optional(),
  'client-certificate-data': Text.optional(),
  'client-key': Text.optional(),
  'client-key-data': Text.optional(),
  token: Text.optional(),
  tokenFile: Text.optional(),
  username: Text.optional(),
  password: Text.optional(),
  as: Text.optional(),
  'as-uid': Text.optional(),
  'as-groups': Names.nullish(),
  'as-user-extra': z.record(Text, Names).nullish(),
  exec: ExecBody.nullish(),
  'auth-provider': z.object({ name: Text.optional() }).nullish(),
});
export type UserBody = z.infer<typeof UserBody>;

const ContextBody = z.object({ cluster: Text.optional(), user: Text.optional(), namespace: Text.optional() });
export type ContextBody = z.infer<typeof ContextBody>;

/** What is wrong, and in which field. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** One named entry. An entry of a wrong shape keeps its name and says what is wrong, so that the others stay usable. */
export interface Entry<T> {
  readonly name: string;
  readonly source: string;
  readonly body: T | undefined;
  readonly problem: FieldProblem | undefined;
}

export interface KubeconfigFile {
  readonly source: string;
  readonly currentContext: string | undefined;
  readonly clusters: readonly Entry<ClusterBody>[];
  readonly users: readonly Entry<UserBody>[];
  readonly contexts: readonly Entry<ContextBody>[];
}

export const FILE_PROBLEMS = [
  'too-large',
  'too-many-contexts',
  'aliases',
  'not-yaml',
  'several-documents',
  'not-a-kubeconfig',
] as const;
export type FileProblemCode = (typeof FILE_PROBLEMS)[number];

export interface KubeconfigLimits {
  readonly maxBytes: number;
  /** Line ends and signs of structure: reading YAML takes time by them, seconds for a megabyte of nothing else. */
  readonly maxMarks: number;
  readonly maxContexts: number;
  /** Aliases make small files expand to huge ones; strangers may not use them at all. */
  readonly maxAliases: number;
}

/** What is accepted from a stranger (peers.md, part 2). */
export const UPLOAD_LIMITS: KubeconfigLimits = {
  maxBytes: 1_048_576,
  // A hundred contexts with their certificates folded into lines have about half of it.
  maxMarks: 30_000,
  maxContexts: 100,
  maxAliases: 0,
};
/** What is accepted from this machine’s own disk, where one file may hold a whole fleet. */
export const DISK_LIMITS: KubeconfigLimits = {
  maxBytes: 16_777_216,
  maxMarks: Number.POSITIVE_INFINITY,
  maxContexts: 5_000,
  maxAliases: 100,
};

export type ParsedKubeconfig =
  | { readonly status: 'parsed'; readonly file: KubeconfigFile }
  | { readonly status: 'refused'; readonly code: FileProblemCode; readonly message: string };

const Top = z.object({
  kind: z.literal('Config').nullish(),
  'current-context': Text.nullish(),
  clusters: z.array(z.unknown()).nullish(),
  users: z.array(z.unknown()).nullish(),
  contexts: z.array(z.unknown()).nullish(),
});

function refused(code: FileProblemCode, message: string): ParsedKubeconfig {
  return { status: 'refused', code, message };
}

/**
 * Parses the text of one kubeconfig. Never throws, whatever the text. No message quotes the text, since any part of
 * it may be a secret: places are told by line or by field.
 */
export function parseKubeconfig(text: string, source: string, limits: KubeconfigLimits): ParsedKubeconfig {
  // A UTF-16 unit is at least one byte of UTF-8, so this never lets through more than three times the limit.
  if (text.length > limits.maxBytes) {
    return refused(
      'too-large',
      `The file is larger than ${megabytes(limits.maxBytes)} MB. Leave only the contexts you need in it.`,
    );
  }
  if (hasMoreMarks(text, limits.maxMarks)) {
    return refused(
      'too-large',
      `The file has more than ${limits.maxMarks} lines and fields, which no kubeconfig needs. Leave only the contexts you need in it.`,
    );
  }
  let plain: unknown;
  try {
    const read = readYaml(text, limits);
    if ('code' in read) return refused(read.code, read.message);
    plain = read.value;
  } catch {
    // Nesting deeper than the stack, or aliases that expand beyond the limit: the library throws, and quotes the text.
    return refused(
      'not-yaml',
      'The file is nested too deeply, or repeats itself too often by aliases, to be a kubeconfig.',
    );
  }
  const top = Top.safeParse(plain ?? {});
  if (!top.success) {
    const field = pathOf(top.error.issues[0]?.path ?? []);
    return refused(
      'not-a-kubeconfig',
      field === ''
        ? 'The file is not a kubeconfig: it must be a mapping with clusters, users and contexts.'
        : `The file is not a kubeconfig: ${field} is not what it must be.`,
    );
  }
  const contexts = top.data.contexts ?? [];
  if (contexts.length > limits.maxContexts) {
    return refused(
      'too-many-contexts',
      `The file has ${contexts.length} contexts; at most ${limits.maxContexts} are read.`,
    );
  }
  return {
    status: 'parsed',
    file: {
      source,
      currentContext: top.data['current-context'] ?? undefined,
      clusters: entriesOf(top.data.clusters ?? [], 'clusters', 'cluster', ClusterBody, source),
      users: entriesOf(top.data.users ?? [], 'users', 'user', UserBody, source),
      contexts: entriesOf(contexts, 'contexts', 'context', ContextBody, source),
    },
  };
}

function hasMoreMarks(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  let count = 0;
  for (const _ of text.matchAll(/[\n\r,:{}[\]]/g)) {
    count += 1;
    if (count > limit) return true;
  }
  return false;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}

function readYaml(
  text: string,
  limits: KubeconfigLimits,
): { value: unknown } | { code: FileProblemCode; message: string } {
  const lines = new LineCounter();
  // Unique keys are not checked: the library compares each key with each other, and a hostile file has many keys.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    uniqueKeys: false,
  });
  const error = document.errors[0];
  if (error !== undefined) {
    if (error.code === 'MULTIPLE_DOCS') {
      return {
        code: 'several-documents',
        message: 'The file holds several YAML documents; a kubeconfig is one.',
      };
    }
    const { line } = lines.linePos(error.pos[0]);
    return { code: 'not-yaml', message: `The file is not valid YAML: look at line ${line}.` };
  }
  if (limits.maxAliases === 0) {
    let hasAlias = false;
    visit(document, (_, node) => {
      if (!isAlias(node) && !((isCollection(node) || isScalar(node)) && node.anchor !== undefined))
        return undefined;
      hasAlias = true;
      return visit.BREAK;
    });
    if (hasAlias) {
      return {
        code: 'aliases',
        message: 'The file uses YAML anchors or aliases, which are not accepted. Write the values out.',
      };
    }
  }
  return { value: document.toJS({ maxAliasCount: limits.maxAliases }) as unknown };
}

function entriesOf<T>(
  raw: readonly unknown[],
  list: string,
  key: string,
  schema: z.ZodType<T>,
  source: string,
): Entry<T>[] {
  const Named = z.object({ name: z.string().min(1) });
  return raw.map((item, index) => {
    const named = Named.safeParse(item);
    if (!named.success) {
      const field = `${list}[${index}].name`;
      return {
        name: `${list}[${index}]`,
        source,
        body: undefined,
        problem: { field, message: `${field} is missing or is not text. Put the name in quotes.` },
      };
    }
    const { name } = named.data;
    const held = z.object({ [key]: z.unknown() }).safeParse(item);
    const body = schema.safeParse((held.success ? held.data[key] : undefined) ?? {});
    if (body.success) return { name, source, body: body.data, problem: undefined };
    const field = [`${list}[${name}].${key}`, pathOf(body.error.issues[0]?.path ?? [])]
      .filter((part) => part !== '')
      .join('.');
    return {
      name,
      source,
      body: undefined,
      problem: {
        field,
        message: `${field} has the wrong type. Text that looks like a number must be in quotes.`,
      },
    };
  });
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((part) => String(part)).join('.');
}
