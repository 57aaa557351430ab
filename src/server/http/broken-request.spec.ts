import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErrorBody } from '../../api/errors.ts';
import { createLogger } from '../log.ts';
import { buildApp } from './app.ts';

let app: FastifyInstance;
let port: number;

beforeEach(async () => {
  app = buildApp({
    dispatch: async () => ({ status: 200, headers: {}, body: {} }),
    page: undefined,
    allowedHosts: [],
    version: '1.2.3',
    logger: createLogger('silent', () => undefined),
  });
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterEach(() => app.close());

async function answerTo(sent: string): Promise<{ head: string; body: ErrorBody }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(sent);
  const reply = await text(socket);
  const [head = '', body = ''] = reply.split('\r\n\r\n');
  return { head, body: ErrorBody.parse(JSON.parse(body)) };
}

describe('what is not an HTTP request', () => {
  it('is told so in the shape of every other error, and the server goes on', async () => {
    const { head, body } = await answerTo('\u0016\u0003\u0001 a TLS greeting\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(head.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(body.code).toBe('invalid-request');
    expect(body.remedy).toContain('plain HTTP');
    expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
  });

  it('is refused when it names no host, as with a foreign one', async () => {
    const { head, body } = await answerTo('GET /api/server HTTP/1.1\r\nconnection: close\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 403 /);
    expect(body.code).toBe('forbidden-origin');
  });

  it('is told when its headers are too large', async () => {
    const { head, body } = await answerTo(
      `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${'a'.repeat(20_000)}\r\n\r\n`,
    );
    expect(head).toMatch(/^HTTP\/1\.1 431 /);
    expect(body.code).toBe('too-large');
  });
});
