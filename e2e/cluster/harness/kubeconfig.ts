import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KubeconfigEntry {
  readonly name: string;
  readonly server: string;
  readonly caData?: string;
  readonly token?: string;
}

/** Writes a kubeconfig with one cluster and one user for each context, and gives its path. JSON is YAML. */
export async function writeKubeconfig(options: {
  contexts: readonly KubeconfigEntry[];
  folder?: string;
  /** A file to replace. */
  path?: string;
}): Promise<string> {
  const path = options.path ?? join(options.folder ?? tmpdir(), `kubeconfig-${randomUUID()}`);
  const body = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': options.contexts[0]?.name ?? '',
    clusters: options.contexts.map(({ name, server, caData }) => ({
      name,
      cluster: { server, ...(caData === undefined ? {} : { 'certificate-authority-data': caData }) },
    })),
    users: options.contexts.map(({ name, token }) => ({
      name,
      user: token === undefined ? {} : { token },
    })),
    contexts: options.contexts.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
  };
  await writeFile(path, JSON.stringify(body, null, 2), { mode: 0o600 });
  return path;
}
