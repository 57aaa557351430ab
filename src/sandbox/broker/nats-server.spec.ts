import { describe, expect, it } from 'vitest';
import { createNatsServer } from './nats-server.ts';

const IP = '203.0.113.1';
const BODY = new TextEncoder().encode('{}');

function start(token?: string) {
  const lines: string[] = [];
  const time = { nowMs: 0 };
  const server = createNatsServer({
    serverId: 'N1',
    serverName: 'broker-0',
    version: '2.14.2',
    token,
    now: () => time.nowMs,
    onError: (error) => {
      throw error;
    },
    onLine: (line) => lines.push(line),
  });
  const connect = (name: string, more: { isReading?: boolean } = {}) => {
    const client = server.connect({ name, token, ip: IP, ...more });
    if (client === undefined) throw new Error(`${name} was refused`);
    return client;
  };
  return { server, lines, time, connect };
}

describe('the simulated NATS server', () => {
  it('cuts off a client that does not read, counts it, and goes on serving the others', async () => {
    const { server, lines, time, connect } = start();
    const meshsync = connect('meshsync');
    const slow = connect('archive', { isReading: false });
    const heard: string[] = [];
    slow.subscribe('>', () => heard.push('slow'));
    connect('meshplay-server').subscribe('>', () => heard.push('server'));
    meshsync.publish('data', BODY);
    time.nowMs = 9000;
    meshsync.publish('data', BODY);
    expect(server.monitor('/varz')).toMatchObject({ slow_consumers: 0, connections: 3 });
    time.nowMs = 10_000;
    meshsync.publish('data', BODY);
    expect(await slow.closed).toMatchObject({ kind: 'unavailable' });
    expect(server.monitor('/varz')).toMatchObject({ slow_consumers: 1, connections: 2 });
    expect(lines.join('\n')).toContain('Slow Consumer Detected');
    expect(heard).toEqual(['server', 'server', 'server']);
  });

  it('ends who may not subscribe, and lets MeshSync be', async () => {
    const { server, connect } = start();
    server.refusesReaders = true;
    const reader = connect('meshplay-server');
    reader.subscribe('meshplay.meshsync.core', () => undefined);
    expect(await reader.closed).toMatchObject({ kind: 'forbidden' });
    const meshsync = connect('meshsync');
    meshsync.subscribe('meshplay.meshsync.request', () => undefined);
    expect(meshsync.pingMs()).toBe(1);
  });

  it('refuses a wrong token, and writes who tried', () => {
    const { server, lines } = start('right');
    expect(server.connect({ name: 'meshsync', token: 'wrong', ip: IP })).toBeUndefined();
    expect(lines).toEqual([`[1] [ERR] ${IP} - authentication error - "meshsync"`]);
  });

  it('answers a ping as slowly as its way is, and never when it is frozen or the client is gone', () => {
    const { server, connect } = start();
    const client = connect('meshplay-server');
    server.roundTripMs = 1250;
    expect(client.pingMs()).toBe(1250);
    server.isFrozen = true;
    expect(client.pingMs()).toBeUndefined();
    server.isFrozen = false;
    client.close();
    expect(client.pingMs()).toBeUndefined();
  });
});
