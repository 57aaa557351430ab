import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '../../api/evidence.ts';
import type { FieldProblem } from '../../core/kubeconfig/document.ts';
import type { ResolvedContext } from '../../core/kubeconfig/resolve.ts';
import { endpointOf } from './endpoint-of.ts';
import type { ContextFiles } from './endpoint-of.ts';
import type { Endpoint } from './endpoint.ts';
import { execMissing, execObjection, findProgram } from './exec-credential.ts';

export interface PreparedContext {
  readonly endpoint: Endpoint | undefined;
  readonly problem: Failure | undefined;
}

/**
 * Reads the files a context of this machine names and checks everything that can be checked without dialling:
 * certificates, keys, programs. Never throws.
 */
export async function prepareContext(
  resolved: ResolvedContext,
  options: { now: () => number; env: Readonly<Record<string, string | undefined>> },
): Promise<PreparedContext> {
  const { clusterBody, userBody, user } = resolved;
  if (resolved.problems.length > 0)
    return broken(
      resolved.problems
        .slice(0, 3)
        .map(({ message }) => message)
        .join(' '),
    );
  const provider = userBody['auth-provider'];
  if (provider !== undefined && provider !== null) {
    const name = provider.name ?? 'unnamed';
    const instead =
      name === 'gcp'
        ? 'gke-gcloud-auth-plugin'
        : name === 'azure'
          ? 'kubelogin'
          : 'a credential plugin (exec)';
    return broken(
      `users[${user}].user.auth-provider “${name}” was removed in Kubernetes 1.26. Use ${instead} instead: fetch the kubeconfig anew with your provider’s current tool.`,
    );
  }
  const files = await readFiles(resolved);
  if ('problem' in files) return broken(files.problem.message);
  const endpoint = endpointOf(resolved, files);
  const flaw = authorityFlaw(endpoint, resolved.cluster);
  if (flaw !== undefined) return broken(flaw, endpoint);
  const certificate = certificateFlaw(endpoint, user, options.now());
  if (certificate !== undefined) return { endpoint, problem: certificate };
  if (
    clusterBody['proxy-url'] !== undefined &&
    endpoint.proxyUrl !== undefined &&
    !URL.canParse(endpoint.proxyUrl)
  ) {
    return broken(`clusters[${resolved.cluster}].cluster.proxy-url is not a URL.`, endpoint);
  }
  if (endpoint.identity.kind === 'exec') {
    const { exec, folder } = endpoint.identity;
    const objection = execObjection(exec, user);
    if (objection !== undefined) return broken(objection, endpoint);
    if ((await findProgram(exec.command, folder, options.env['PATH'] ?? '')) === undefined) {
      return { endpoint, problem: { kind: 'exec-missing', message: execMissing(exec) } };
    }
  }
  return { endpoint, problem: undefined };
}

function broken(message: string, endpoint?: Endpoint): PreparedContext {
  return { endpoint, problem: { kind: 'invalid-config', message } };
}

async function readFiles(resolved: ResolvedContext): Promise<ContextFiles | { problem: FieldProblem }> {
  const { clusterBody, userBody } = resolved;
  const cluster = path.dirname(resolved.clusterSource);
  const user = path.dirname(resolved.userSource);
  const clusterField = `clusters[${resolved.cluster}].cluster`;
  const userField = `users[${resolved.user}].user`;
  const wanted = [
    {
      key: 'authority',
      folder: cluster,
      field: `${clusterField}.certificate-authority`,
      file: clusterBody['certificate-authority'],
      data: clusterBody['certificate-authority-data'],
    },
    {
      key: 'cert',
      folder: user,
      field: `${userField}.client-certificate`,
      file: userBody['client-certificate'],
      data: userBody['client-certificate-data'],
    },
    {
      key: 'key',
      folder: user,
      field: `${userField}.client-key`,
      file: userBody['client-key'],
      data: userBody['client-key-data'],
    },
  ];
  const files: Record<string, string> = {};
  for (const { key, folder, field, file, data } of wanted) {
    if (file === undefined || file === '' || (data !== undefined && data !== '')) continue;
    const place = path.resolve(folder, file);
    try {
      files[key] = await readFile(place, 'utf8');
    } catch {
      return {
        problem: { field, message: `${field} names ${place}, which is not there or cannot be read.` },
      };
    }
  }
  return files;
}

function authorityFlaw({ authority }: Endpoint, cluster: string): string | undefined {
  if (authority === undefined) return undefined;
  try {
    void new X509Certificate(authority);
    return undefined;
  } catch {
    // The library’s words are about DER, which helps nobody.
    return `The certificate authority of clusters[${cluster}] is not a certificate. It was cut or changed when it was copied.`;
  }
}

function certificateFlaw({ certificate }: Endpoint, user: string, nowMs: number): Failure | undefined {
  if (certificate === undefined) return undefined;
  let parsed: X509Certificate;
  let isPair: boolean;
  try {
    parsed = new X509Certificate(certificate.cert);
    isPair = parsed.checkPrivateKey(createPrivateKey(certificate.key));
  } catch {
    return {
      kind: 'invalid-config',
      message: `The client certificate or the client key of users[${user}] cannot be read. It was cut or changed when it was copied.`,
    };
  }
  if (!isPair)
    return {
      kind: 'invalid-config',
      message: `The client key of users[${user}] does not belong to its client certificate.`,
    };
  const endsAt = new Date(parsed.validTo);
  if (endsAt.getTime() <= nowMs) {
    const day = endsAt.toISOString().slice(0, 10);
    return {
      kind: 'unauthorized',
      message: `The client certificate of users[${user}] expired on ${day}. Fetch the kubeconfig anew.`,
    };
  }
  return undefined;
}
