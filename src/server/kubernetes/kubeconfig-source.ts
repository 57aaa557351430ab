import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { KubeconfigPath } from '../../api/kubeconfig.ts';
import { DISK_LIMITS, parseKubeconfig } from '../../core/kubeconfig/document.ts';
import type { KubeconfigFile } from '../../core/kubeconfig/document.ts';
import { mergeKubeconfigs } from '../../core/kubeconfig/merge.ts';
import { fingerprintInput, parseServer, resolveContexts } from '../../core/kubeconfig/resolve.ts';
import type { ResolvedContext } from '../../core/kubeconfig/resolve.ts';
import { isTlsVerified } from '../../core/kubeconfig/upload.ts';
import type { DiscoveredContext, Discovery, KubeconfigSource } from '../../services/ports.ts';
import { createClusterAccess } from './access.ts';
import type { AccessOptions } from './access.ts';
import { prepareContext } from './context-check.ts';
import type { Endpoint } from './endpoint.ts';
import { codeOf } from './failure.ts';
import { proxyPlace } from './proxy-tunnel.ts';

export interface KubeconfigSourceOptions extends AccessOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homedir: string;
  /** Where the kubelet puts a pod’s service account; a test puts it elsewhere. */
  readonly inClusterDir?: string | undefined;
  /** How a kubeconfig is read; a test makes it fail. */
  readonly readText?: ((file: string) => Promise<string>) | undefined;
}

const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds every kubeconfig of this machine: the files of `KUBECONFIG` or else `~/.kube/config`, and the service account
 * of the pod the server runs in.
 */
export function createKubeconfigSource(options: KubeconfigSourceOptions): KubeconfigSource {
  return {
    async discover(): Promise<Discovery> {
      const looked = await Promise.all(placesOf(options).map((place) => lookAt(place, options)));
      const files = looked.flatMap(({ file }) => (file === undefined ? [] : [file]));
      const contexts = await Promise.all(
        resolveContexts(mergeKubeconfigs(files)).map((resolved) => discovered(resolved, options)),
      );
      const pod = await lookAtPod(
        options,
        contexts.some(({ isCurrent }) => isCurrent),
      );
      return {
        paths: [...looked.map(({ path: told }) => told), pod.path],
        contexts: pod.context === undefined ? contexts : [...contexts, pod.context],
      };
    },
  };
}

interface Place {
  readonly path: string;
  readonly reason: string;
}

function placesOf({ env, homedir }: KubeconfigSourceOptions): Place[] {
  const listed = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((entry) => entry !== '');
  if (listed.length === 0)
    return [{ path: path.join(homedir, '.kube', 'config'), reason: 'the home folder' }];
  return [...new Set(listed.map((entry) => path.resolve(entry)))].map((entry) => ({
    path: entry,
    reason: 'KUBECONFIG',
  }));
}

function readUtf8(file: string): Promise<string> {
  return readFile(file, 'utf8');
}

async function lookAt(
  place: Place,
  options: KubeconfigSourceOptions,
): Promise<{ path: KubeconfigPath; file?: KubeconfigFile }> {
  const told = (outcome: KubeconfigPath['outcome'], message?: string, contexts = 0): KubeconfigPath => ({
    ...place,
    outcome,
    contexts,
    ...(message === undefined ? {} : { message }),
  });
  let text: string;
  try {
    const found = await stat(place.path);
    // A pipe or a device would keep the reader waiting for ever.
    if (!found.isFile()) return { path: told('unreadable', `${place.path} is not a file.`) };
    if (found.size > DISK_LIMITS.maxBytes)
      return { path: told('invalid', `${place.path} is larger than any kubeconfig.`) };
    text = await (options.readText ?? readUtf8)(place.path);
  } catch (error) {
    const code = codeOf(error) ?? 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { path: told('absent', `There is no file ${place.path}.`) };
    return { path: told('unreadable', await whyUnreadable(place.path, code)) };
  }
  const parsed = parseKubeconfig(text, place.path, DISK_LIMITS);
  if (parsed.status === 'refused') return { path: told('invalid', parsed.message) };
  const count = parsed.file.contexts.length;
  return {
    path: count === 0 ? told('empty', 'The file has no contexts.') : told('read', undefined, count),
    file: parsed.file,
  };
}

/** Path, owner and mode, which is what a person needs to set it right. */
async function whyUnreadable(file: string, code: string): Promise<string> {
  const own = process.getuid?.() ?? 'unknown';
  try {
    const { uid, mode } = await stat(file);
    return `${file} cannot be read (${code}): it belongs to user id ${uid} and has mode ${(mode & 0o777).toString(8)}; this server runs as user id ${own}.`;
  } catch {
    // The folder is closed too.
    return `${file} cannot be read (${code}): this server, running as user id ${own}, may not even look into its folder.`;
  }
}

async function discovered(
  resolved: ResolvedContext,
  options: KubeconfigSourceOptions,
): Promise<DiscoveredContext> {
  const { endpoint, problem } = await prepareContext(resolved, options);
  const proxy = proxyPlace(endpoint?.proxyUrl);
  return {
    context: resolved.context,
    cluster: resolved.cluster,
    user: resolved.user,
    server: parseServer(resolved.server) === undefined ? '' : resolved.server,
    source: resolved.source,
    origin: 'kubeconfig',
    isCurrent: resolved.isCurrent,
    isTlsVerified: isTlsVerified(resolved),
    ...(proxy === undefined ? {} : { proxy }),
    fingerprint: digest(fingerprintInput(resolved.server, endpoint?.authority)).slice(0, 32),
    credentialsMark: credentialsMark(endpoint ?? resolved.userBody),
    ...(problem === undefined ? {} : { problem }),
    ...(problem !== undefined || endpoint === undefined
      ? {}
      : { access: createClusterAccess(endpoint, options) }),
  };
}

async function lookAtPod(
  options: KubeconfigSourceOptions,
  isCurrentTaken: boolean,
): Promise<{ path: KubeconfigPath; context?: DiscoveredContext }> {
  const folder = options.inClusterDir ?? SERVICE_ACCOUNT_DIR;
  const tokenPath = path.join(folder, 'token');
  const place = { path: tokenPath, reason: 'the pod’s service account' };
  const host = options.env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = options.env['KUBERNETES_SERVICE_PORT'] ?? '443';
  if (host === '') {
    return {
      path: { ...place, outcome: 'absent', message: 'This server does not run in a pod.', contexts: 0 },
    };
  }
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  let authority: string | undefined;
  try {
    authority = await readFile(path.join(folder, 'ca.crt'), 'utf8');
    if ((await readFile(tokenPath, 'utf8')).trim() === '') {
      return { path: { ...place, outcome: 'invalid', message: `${tokenPath} is empty.`, contexts: 0 } };
    }
  } catch (error) {
    const code = codeOf(error) ?? 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const message = 'The pod has no service account token: automountServiceAccountToken is off.';
      return { path: { ...place, outcome: 'absent', message, contexts: 0 } };
    }
    return {
      path: { ...place, outcome: 'unreadable', message: await whyUnreadable(tokenPath, code), contexts: 0 },
    };
  }
  const endpoint: Endpoint = {
    server,
    isTlsVerified: true,
    authority,
    serverName: undefined,
    proxyUrl: undefined,
    certificate: undefined,
    identity: { kind: 'token-file', path: tokenPath },
    impersonation: undefined,
  };
  return {
    path: { ...place, outcome: 'read', contexts: 1 },
    context: {
      context: 'in-cluster',
      cluster: 'in-cluster',
      user: 'service-account',
      server,
      source: 'in-cluster',
      origin: 'in-cluster',
      isCurrent: !isCurrentTaken,
      isTlsVerified: true,
      fingerprint: digest(fingerprintInput(server, authority)).slice(0, 32),
      credentialsMark: credentialsMark(endpoint),
      access: createClusterAccess(endpoint, options),
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Eight digits tell two credentials apart and are far too few to guess one from. How the server is reached counts as
 * well: a proxy-url that somebody mended must not wait for a restart.
 */
function credentialsMark(held: Endpoint | ResolvedContext['userBody']): string {
  if (!('identity' in held)) return digest(JSON.stringify(held)).slice(0, 8);
  const { identity, certificate, impersonation, proxyUrl, serverName, isTlsVerified: isVerified } = held;
  return digest(
    JSON.stringify({ identity, certificate, impersonation, proxyUrl, serverName, isVerified }),
  ).slice(0, 8);
}
