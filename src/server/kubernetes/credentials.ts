import { readFile } from 'node:fs/promises';
import type { Endpoint } from './endpoint.ts';
import { runExec } from './exec-credential.ts';
import type { ExecCredential } from './exec-credential.ts';
import { clusterError } from './failure.ts';

/** What one request is sent with. */
export interface Proof {
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Of the connection, not of the request. */
  readonly certificate: Endpoint['certificate'];
  /** To be taken out of whatever the server says. */
  readonly secrets: readonly string[];
}

export interface Credentials {
  /** Throws `ClusterError` of kind `exec-missing`, `exec-failed` or `invalid-config`. */
  current(): Promise<Proof>;
  /** The server did not accept them: what was kept is thrown away, so that the next request gets them anew. */
  refused(): void;
}

/** Kubelets renew a service account’s token in its file; client-go reads it again each minute. */
const TOKEN_FILE_FRESH_MS = 60_000;
/** A credential is renewed this long before it ends, so that a request does not meet its end on the way. */
const EXPIRY_MARGIN_MS = 30_000;

export function createCredentials(
  endpoint: Endpoint,
  options: { now: () => number; execMs: number; env: Readonly<Record<string, string | undefined>> },
): Credentials {
  const impersonation = impersonationHeaders(endpoint);
  let file: { token: string; readAtMs: number } | undefined;
  let given: ExecCredential | undefined;
  let running: Promise<ExecCredential> | undefined;

  function proof(
    authorization: string | undefined,
    secrets: readonly string[],
    certificate = endpoint.certificate,
  ): Proof {
    return {
      headers: { ...impersonation, ...(authorization === undefined ? {} : { authorization }) },
      certificate,
      secrets,
    };
  }

  async function fromFile(path: string): Promise<Proof> {
    if (file === undefined || options.now() - file.readAtMs >= TOKEN_FILE_FRESH_MS) {
      try {
        file = { token: (await readFile(path, 'utf8')).trim(), readAtMs: options.now() };
      } catch (cause) {
        throw clusterError('invalid-config', `The token file ${path} cannot be read.`, { cause });
      }
    }
    return proof(`Bearer ${file.token}`, [file.token]);
  }

  return {
    async current() {
      const { identity } = endpoint;
      switch (identity.kind) {
        case 'none':
          return proof(undefined, []);
        case 'token':
          return proof(`Bearer ${identity.token}`, [identity.token]);
        case 'basic': {
          const packed = Buffer.from(`${identity.username}:${identity.password}`).toString('base64');
          return proof(`Basic ${packed}`, [packed, identity.password]);
        }
        case 'token-file':
          return fromFile(identity.path);
        case 'exec': {
          if (given?.expiresAtMs !== undefined && options.now() >= given.expiresAtMs - EXPIRY_MARGIN_MS)
            given = undefined;
          if (given === undefined) {
            // One run for all who wait.
            running ??= runExec(identity.exec, identity.folder, endpoint, {
              timeoutMs: options.execMs,
              env: options.env,
            }).finally(() => {
              running = undefined;
            });
            given = await running;
          }
          const token = (given.token ?? '') === '' ? undefined : given.token;
          return proof(
            token === undefined ? undefined : `Bearer ${token}`,
            token === undefined ? [] : [token],
            given.certificate ?? endpoint.certificate,
          );
        }
      }
    },
    refused() {
      file = undefined;
      given = undefined;
    },
  };
}

/** Source: kubernetes.io, “User impersonation”. */
function impersonationHeaders({ impersonation }: Endpoint): Record<string, string | string[]> {
  if (impersonation === undefined) return {};
  return {
    'impersonate-user': impersonation.user,
    ...(impersonation.uid === undefined ? {} : { 'impersonate-uid': impersonation.uid }),
    ...(impersonation.groups.length === 0 ? {} : { 'impersonate-group': [...impersonation.groups] }),
    ...Object.fromEntries(
      Object.entries(impersonation.extra).map(([key, values]) => [
        `impersonate-extra-${encodeURIComponent(key.toLowerCase())}`,
        [...values],
      ]),
    ),
  };
}
