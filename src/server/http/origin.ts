import { ApiError } from '../../api/errors.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** The headers of a request that tell where it comes from. */
export interface Provenance {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
}

/**
 * Refuses what a foreign page could make a browser send. `Host` must be loopback or one of `allowedHosts`, or another
 * site could point its own name at this machine (DNS rebinding); `Origin`, where there is one, must be this very
 * server; and a browser that says `cross-site` is believed. Throws `ApiError('forbidden-origin')`.
 */
export function assertOwnRequest(request: Provenance, allowedHosts: readonly string[]): void {
  const name = hostName(request.host);
  if (name === undefined || ![...LOOPBACK_NAMES, ...allowedHosts].includes(name)) {
    throw new ApiError('forbidden-origin', 'This server does not answer to the name it was called by.', {
      remedy:
        'Open it at the address it printed when it started, or start it with --allowed-host and that name.',
    });
  }
  if (request.origin !== undefined && originHost(request.origin) !== request.host?.toLowerCase()) {
    throw foreign();
  }
  const isForeign = request.fetchSite === 'cross-site' || request.fetchSite === 'same-site';
  // Following a link from elsewhere is harmless: it reads nothing and changes nothing.
  const isLink = request.fetchMode === 'navigate' && request.method === 'GET';
  if (isForeign && !isLink) {
    throw foreign();
  }
}

function foreign(): ApiError {
  return new ApiError('forbidden-origin', 'Requests made by pages of other sites are refused.', {
    remedy: 'Open the page of this server itself, at the address it printed when it started.',
  });
}

/** The name in a Host header, lower case, without port; undefined when it is malformed. */
function hostName(host: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/@\s]+)$/i.exec(origin)?.[1]?.toLowerCase();
}
