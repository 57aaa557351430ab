import type { ResolvedContext } from '../../core/kubeconfig/resolve.ts';
import { isTlsVerified } from '../../core/kubeconfig/upload.ts';
import path from 'node:path';
import type { Endpoint, Identity } from './endpoint.ts';

/** What was read of the files a context names; nothing for an uploaded one. */
export interface ContextFiles {
  readonly authority?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Makes the endpoint of a valid context. Data in the kubeconfig wins over files; a token file wins over a token, a
 * token over a password, and those over a program, as in client-go.
 */
export function endpointOf(resolved: ResolvedContext, files: ContextFiles = {}): Endpoint {
  const { clusterBody, userBody } = resolved;
  const cert = decoded(userBody['client-certificate-data']) ?? files.cert;
  const key = decoded(userBody['client-key-data']) ?? files.key;
  return {
    server: resolved.server,
    isTlsVerified: isTlsVerified(resolved),
    authority: decoded(clusterBody['certificate-authority-data']) ?? files.authority,
    serverName: filled(clusterBody['tls-server-name']),
    proxyUrl: filled(clusterBody['proxy-url']),
    certificate: cert === undefined || key === undefined ? undefined : { cert, key },
    identity: identityOf(resolved),
    impersonation:
      filled(userBody.as) === undefined
        ? undefined
        : {
            user: userBody.as ?? '',
            uid: filled(userBody['as-uid']),
            groups: userBody['as-groups'] ?? [],
            extra: userBody['as-user-extra'] ?? {},
          },
  };
}

function identityOf({ userBody, userSource }: ResolvedContext): Identity {
  const folder = path.dirname(userSource);
  const file = filled(userBody.tokenFile);
  if (file !== undefined) return { kind: 'token-file', path: path.resolve(folder, file) };
  const token = filled(userBody.token);
  if (token !== undefined) return { kind: 'token', token };
  const username = filled(userBody.username);
  if (username !== undefined) return { kind: 'basic', username, password: userBody.password ?? '' };
  if (userBody.exec !== undefined && userBody.exec !== null)
    return { kind: 'exec', exec: userBody.exec, folder };
  return { kind: 'none' };
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

function decoded(data: string | undefined): string | undefined {
  const text = filled(data);
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
}
