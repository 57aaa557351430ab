import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { manifestKind, type Manifest } from '../../core/manifests/manifest.ts';
import { type ClusterApi, ClusterError, type KubeObject } from '../ports.ts';
import type { Situation } from './flavour-of.ts';
import { StepFailure } from './plan.ts';

const SECRETS = { group: '', version: 'v1', plural: 'secrets', isNamespaced: true } as const;
const MAX_RELEASE_BYTES = 16 * 1024 * 1024;

const Release = z.object({ name: z.string(), version: z.number(), manifest: z.string() });
const ManifestShape = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

export interface HelmRelease {
  readonly name: string;
  readonly revision: number;
  /** What the release owns, with namespaces filled in and Helm's ownership marks kept. */
  readonly manifests: readonly Manifest[];
  /** The Secrets that hold its revisions; removing them removes the release. */
  readonly secrets: readonly string[];
}

/**
 * Reads the newest deployed revision of a Helm 3 release from its Secret: base64 (Kubernetes) of base64 (Helm) of
 * gzip of JSON.
 * @returns undefined when no such release is stored in the namespace
 * @throws StepFailure when it is stored but cannot be read
 */
export async function readRelease(
  api: ClusterApi,
  release: string,
  namespace: string,
  signal: AbortSignal,
): Promise<HelmRelease | undefined> {
  const found = await api.list(SECRETS, { namespace, labelSelector: `owner=helm,name=${release}` }, signal);
  const revisions = found.items.toSorted((a, b) => revisionOf(b) - revisionOf(a));
  const newest = revisions.find((one) => one.metadata.labels?.['status'] === 'deployed') ?? revisions[0];
  if (newest === undefined) return undefined;
  const data = z.object({ release: z.string() }).safeParse(newest['data']);
  if (!data.success) throw unreadable(newest, 'it holds no release');
  let parsed: unknown;
  try {
    parsed = JSON.parse(
      await gunzip(decodeBase64(new TextDecoder().decode(decodeBase64(data.data.release)))),
    );
  } catch (error) {
    throw unreadable(newest, 'it is not gzip inside base64 as Helm 3 writes it', error);
  }
  const content = Release.safeParse(parsed);
  if (!content.success) throw unreadable(newest, 'it has no manifest');
  const manifests = parseAllDocuments(content.data.manifest).flatMap((document): Manifest[] => {
    const object: unknown = document.toJS({ maxAliasCount: 50 });
    const shape = ManifestShape.safeParse(object);
    if (!shape.success) return [];
    const { metadata } = shape.data;
    const home = metadata.namespace ?? namespace;
    return [
      {
        ...shape.data,
        metadata: {
          name: metadata.name,
          ...(manifestKind(shape.data)?.isNamespaced === false ? {} : { namespace: home }),
          labels: { ...stringMap(metadata['labels']), 'app.kubernetes.io/managed-by': 'Helm' },
          annotations: {
            ...stringMap(metadata['annotations']),
            'meta.helm.sh/release-name': release,
            'meta.helm.sh/release-namespace': namespace,
          },
        },
      },
    ];
  });
  return {
    name: release,
    revision: content.data.version,
    manifests,
    secrets: revisions.map((one) => one.metadata.name),
  };
}

/** Releases of one namespace that are looked into; more would be a namespace shared with much else. */
const MAX_RELEASES = 20;

/**
 * The release an installation belongs to: the one its Operator is marked with, else one whose manifest holds that
 * Operator. The second way finds it when the Deployment is gone already, or was adopted.
 */
export async function findRelease(
  api: ClusterApi,
  { helmRelease, namespace, names }: Situation,
  signal: AbortSignal,
): Promise<HelmRelease | undefined> {
  if (helmRelease !== undefined) return readRelease(api, helmRelease, namespace, signal);
  const found = await api
    .list(SECRETS, { namespace, labelSelector: 'owner=helm', isMetadataOnly: true }, signal)
    .catch((error: unknown) => {
      // One who may not read Secrets may still remove an installation that Helm has nothing to do with.
      if (error instanceof ClusterError && error.failure.kind === 'forbidden') return undefined;
      throw error;
    });
  const releases = new Set((found?.items ?? []).flatMap(({ metadata }) => metadata.labels?.['name'] ?? []));
  for (const name of [...releases].slice(0, MAX_RELEASES)) {
    const release = await readRelease(api, name, namespace, signal).catch((error: unknown) => {
      // A release nobody can read is not known to be this one.
      if (error instanceof StepFailure) return undefined;
      throw error;
    });
    const holdsOperator = release?.manifests.some(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === names.operator,
    );
    if (holdsOperator === true) return release;
  }
  return undefined;
}

function stringMap(value: unknown): Record<string, string> {
  const parsed = z.record(z.string(), z.string()).safeParse(value);
  return parsed.success ? parsed.data : {};
}

function revisionOf(secret: KubeObject): number {
  return Number(secret.metadata.labels?.['version'] ?? 0);
}

function unreadable(secret: KubeObject, why: string, cause?: unknown): StepFailure {
  return new StepFailure(
    `Helm release Secret ${secret.metadata.name} cannot be read: ${why}.`,
    'Run helm get manifest to see whether Helm itself can read it, or choose Adopt to manage the objects without Helm.',
    cause,
  );
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** Bounded: a few hundred bytes of gzip can unpack to gigabytes. */
async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_RELEASE_BYTES) {
      await reader.cancel();
      throw new Error(`more than ${MAX_RELEASE_BYTES} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
