import type { FastifyRequest } from 'fastify';

const BASE = 'http://localhost';

/**
 * Path and query of a request. Put behind a base rather than resolved against it: `//a:b/` would be taken for another
 * host with a port that is none, and throw. Only the absolute form (RFC 9112 section 3.2.2) is an address of its own.
 */
export function addressOf({ url }: Pick<FastifyRequest, 'url'>): URL {
  const address = url.startsWith('/') ? `${BASE}${url}` : url;
  return URL.parse(address, BASE) ?? new URL(BASE);
}
