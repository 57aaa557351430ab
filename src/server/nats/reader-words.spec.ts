import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it, vi } from 'vitest';
import { createBrokerConnector } from './connector.ts';

const INFO =
  '{"server_id":"N","server_name":"n","version":"2.9.10","proto":1,"headers":true,"max_payload":1048576}';
/** What a Secret looks like in a message of MeshSync. */
const PLANTED = 'eyJzZWNyZXQiOiJvZi1hLWNsdXN0ZXIifQ';

it('a message that cannot be parsed is told in the log, and nothing of it on the console', async () => {
  const written = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const warnings: string[] = [];
  const log = {
    info: vi.fn(),
    warn: (_: object, words: string) => void warnings.push(words),
    error: vi.fn(),
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`INFO ${INFO}\r\n`);
    socket.on('data', (bytes) => {
      if (String(bytes).includes('PING')) socket.write(`PONG\r\nMSG a 1 x\r\n${PLANTED}\r\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const route = { kind: 'address', host: '127.0.0.1', port } as const;
  const connector = createBrokerConnector(log);
  const session = await connector.connect({ route, name: 'meshplay-server', timeoutMs: 10_000 });
  await expect.poll(() => warnings, { timeout: 10_000 }).toHaveLength(1);
  expect(JSON.stringify([warnings, written.mock.calls.map(String)])).not.toContain(PLANTED);
  expect(written).not.toHaveBeenCalled();
  await session.close();
  server.close();
});
