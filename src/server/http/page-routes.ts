import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../../api/errors.ts';
import { addressOf } from './address.ts';
import { acceptsGzip } from './api-routes.ts';
import type { PageFile, PageFolder } from './page-folder.ts';
import { indexWithNonce } from './page-folder.ts';
import { contentSecurityPolicy } from './security-headers.ts';

const NONCE_BYTES = 18;

/** Serves the built page: its files, and `index.html` for every place the page itself knows how to show. */
export function mountPage(app: FastifyInstance, page: PageFolder | undefined): void {
  app.get('/*', async (request, reply) => {
    const path = addressOf(request).pathname;
    if (path.startsWith('/api/') || path === '/api') throw nothingAt(path);
    const file = page?.files.get(path);
    if (file !== undefined) return sendFile(request, reply, file);
    if (!isNavigation(request)) throw nothingAt(path);
    if (page === undefined) {
      throw new ApiError('not-available', 'The page has not been built.', {
        remedy: 'Run `npm run build`, then start again.',
      });
    }
    const nonce = newNonce();
    return sendHtml(reply, indexWithNonce(page.index, nonce), nonce);
  });
}

function nothingAt(path: string): ApiError {
  return new ApiError('not-found', `There is nothing at ${path}.`, {
    remedy: 'See /api/docs for every path there is.',
  });
}

/** Unguessable and used once. */
export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64');
}

/** Sends a page whose inline parts carry `nonce`. It is never stored, or the nonce would be used twice. */
export function sendHtml(reply: FastifyReply, html: string, nonce: string): FastifyReply {
  return reply
    .header('content-security-policy', contentSecurityPolicy(nonce))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html);
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  reply
    .header('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('etag', file.etag)
    .header('vary', 'accept-encoding')
    .type(file.type);
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  if (file.gzip === undefined || !acceptsGzip(request)) return reply.send(file.body);
  return reply.header('content-encoding', 'gzip').send(file.gzip);
}

/** A person opening an address, not a program or an element asking for a file. */
function isNavigation(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/html');
}
