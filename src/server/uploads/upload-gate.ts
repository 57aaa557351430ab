import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { DENY_ALL_PLUGINS } from '../../core/kubeconfig/plugin-policy.ts';
import type { CredentialPluginPolicy } from '../../core/kubeconfig/plugin-policy.ts';
import { fingerprintInput, parseServer } from '../../core/kubeconfig/resolve.ts';
import { pluginObjection } from '../../core/kubeconfig/upload.ts';
import { createPinnedAccess } from '../kubernetes/access.ts';
import { prepareContext } from '../kubernetes/context-check.ts';
import { clusterError, fromTransport } from '../kubernetes/failure.ts';
import type { UploadGate } from '../../services/uploads/gate.ts';

export interface UploadGateOptions {
  readonly now: () => number;
  /** The server itself listens on loopback only: whoever uploads sits at this machine. */
  readonly isServerLocal: boolean;
  /** Programs that may be started for an upload’s credentials; none unless given. */
  readonly pluginPolicy?: CredentialPluginPolicy | undefined;
  /** Where programs are looked for, and what they are started with. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** All addresses of a name; a test gives its own. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}

/**
 * Admits uploads on the real network. A name is resolved once; what it resolved to is kept and judged again at every
 * start, so that a name which later leads elsewhere (DNS rebinding) is not followed. Source: peers.md, part 2.
 */
export function createUploadGate(options: UploadGateOptions): UploadGate {
  const resolve = options.resolve ?? resolveAll;
  const pluginPolicy = options.pluginPolicy ?? DENY_ALL_PLUGINS;
  const env = withoutOwn(options.env ?? {});
  return {
    async admit(resolved, { address, isLoopbackAgreed, isPluginAgreed = false }) {
      // Before anything of this machine is looked at: an upload names no file, and no program but an allowed one.
      const exec = resolved.userBody.exec ?? undefined;
      const objection = exec === undefined ? undefined : pluginObjection(exec, pluginPolicy);
      if (objection !== undefined) throw clusterError('invalid-config', objection);
      if (exec !== undefined && !isPluginAgreed) {
        throw clusterError('invalid-config', 'Nobody agreed that this upload starts a program.');
      }
      const { endpoint, problem } = await prepareContext(resolved, { now: options.now, env });
      if (problem !== undefined) throw clusterError(problem.kind, problem.message);
      const host = parseServer(resolved.server)?.host;
      if (endpoint === undefined || host === undefined) {
        throw clusterError('invalid-config', 'This context has no server that could be dialled.');
      }
      const addresses = address === undefined ? await addressesOf(host, resolve) : [address];
      const isLoopbackAllowed = isLoopbackAgreed && options.isServerLocal;
      const access = await createPinnedAccess(endpoint, {
        now: options.now,
        resolve: () => Promise.resolve(addresses),
        isLoopbackAllowed,
        isPluginAllowed: exec !== undefined,
        env,
      });
      const [pinned = host] = addresses;
      return {
        address: pinned,
        fingerprint: digest(fingerprintInput(resolved.server, endpoint.authority)).slice(0, 32),
        credentialsMark: digest(
          JSON.stringify([
            endpoint.identity,
            endpoint.certificate,
            endpoint.serverName,
            endpoint.isTlsVerified,
          ]),
        ).slice(0, 8),
        access,
      };
    },
  };
}

/** The program of an upload is not given the settings of this server, one of which is the key of its vault. */
function withoutOwn(env: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('MESHPLAY_')));
}

async function addressesOf(
  host: string,
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return await resolve(host);
  } catch (error) {
    throw fromTransport(error, host);
  }
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
