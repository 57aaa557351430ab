import { isIP } from 'node:net';
import { judgeAddress } from '../../core/kubeconfig/address.ts';
import { explainAddress } from '../../core/kubeconfig/upload.ts';
import { parseServer } from '../../core/kubeconfig/resolve.ts';
import type { ClusterAccess } from '../../services/ports.ts';
import { createClusterApi } from './cluster-api.ts';
import { createCredentials } from './credentials.ts';
import { createDialler } from './dialler.ts';
import { TIMEOUTS } from './endpoint.ts';
import type { Endpoint, Timeouts } from './endpoint.ts';
import { clusterError, fromTransport } from './failure.ts';
import { createTransport } from './transport.ts';
import { createWayProbe } from './way-probe.ts';

export interface AccessOptions {
  readonly now: () => number;
  readonly timeouts?: Partial<Timeouts> | undefined;
  /** Environment of credential plugins. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Opens a cluster by one identity. Opening sends nothing; `open` throws only for a URL that cannot be read. */
export function createClusterAccess(endpoint: Endpoint, options: AccessOptions): ClusterAccess {
  return accessTo(endpoint, options, undefined);
}

export interface PinOptions extends AccessOptions {
  /** All addresses of a name. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** A person agreed that this server’s own machine may be dialled. */
  readonly isLoopbackAllowed: boolean;
  /** The policy of this server allows the program, and a person agreed to it. */
  readonly isPluginAllowed?: boolean | undefined;
}

/**
 * The access for an uploaded kubeconfig: the name is resolved once, every address is judged, and all connections go
 * to the one that was judged, so that a name which changes its mind leads nowhere. Redirects are never followed.
 * Throws `ClusterError`: `invalid-config` when an address may not be dialled or the identity would use this
 * machine’s files, proxy, or a program that was not allowed, `dns` when the name has no address.
 */
export async function createPinnedAccess(endpoint: Endpoint, options: PinOptions): Promise<ClusterAccess> {
  const host = parseServer(endpoint.server)?.host;
  if (host === undefined)
    throw clusterError(
      'invalid-config',
      'The server of this context is not a URL of the form https://host:port.',
    );
  if (
    (endpoint.identity.kind === 'exec' && options.isPluginAllowed !== true) ||
    endpoint.identity.kind === 'token-file' ||
    endpoint.proxyUrl !== undefined
  ) {
    throw clusterError(
      'invalid-config',
      'An uploaded kubeconfig may not use programs, files or proxies of this server.',
    );
  }
  const addresses = isIP(host) === 0 ? await resolved(host, options) : [host];
  for (const address of addresses) {
    const verdict = judgeAddress(address);
    if (verdict === 'allowed' || (verdict === 'loopback' && options.isLoopbackAllowed)) continue;
    throw clusterError('invalid-config', explainAddress(verdict, address));
  }
  return accessTo(endpoint, options, addresses[0]);
}

async function resolved(host: string, options: PinOptions): Promise<readonly string[]> {
  let addresses: readonly string[];
  try {
    addresses = await options.resolve(host);
  } catch (error) {
    throw fromTransport(error, host);
  }
  if (addresses.length === 0) throw clusterError('dns', `The name ${host} has no address.`);
  return addresses;
}

function accessTo(
  endpoint: Endpoint,
  options: AccessOptions,
  pinnedAddress: string | undefined,
): ClusterAccess {
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  // Shared by everything opened, so that a credential plugin runs once for all.
  const credentials = createCredentials(endpoint, {
    now: options.now,
    execMs: timeouts.execMs,
    env: options.env ?? {},
  });
  return {
    open() {
      const dialler = createDialler(endpoint, { connectMs: timeouts.connectMs, pinnedAddress });
      const url = new URL(endpoint.server);
      const transport = createTransport(dialler, url.origin, credentials, timeouts);
      return createClusterApi(
        endpoint.server,
        url.pathname.replace(/\/+$/, ''),
        transport,
        dialler,
        createWayProbe(endpoint, dialler, pinnedAddress),
        timeouts.connectMs,
      );
    },
  };
}
