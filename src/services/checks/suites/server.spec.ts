import { describe, expect, it } from 'vitest';
import type { Database } from '../../../api/database.ts';
import { FakeBrokers } from '../../fakes/fake-broker.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import type { KeyReport } from '../../ports.ts';
import type { OperationTarget } from '../../operations/target.ts';
import type { CheckScene } from './scene.ts';
import { serverChecks } from './server.ts';

const GB = 1024 * 1024 * 1024;
const SIGNAL = new AbortController().signal;
const ROOMY = { folder: '/data', freeBytes: 40 * GB, totalBytes: 100 * GB };
const GOOD_KEY: KeyReport = { source: 'file', path: '/data/vault.key', mode: '600', isPresent: true };

const sound: Database = {
  path: '/data/cache.db',
  sizeBytes: 4096,
  rows: 1,
  tables: [],
  integrity: { outcome: 'ok', checkedAt: '2020-01-01T00:00:00.000Z', messages: [] },
  isPaused: false,
  isBehind: false,
  waiting: 0,
  counters: {
    received: 0,
    receivedBytes: 0,
    stored: 0,
    deleted: 0,
    unchanged: 0,
    ignored: 0,
    rejected: 0,
    dropped: 0,
  },
  rejected: [],
  copies: [],
};

interface Place {
  readonly disk?: typeof ROOMY;
  readonly key?: KeyReport;
  readonly listener?: { host: string; port: number };
  readonly dial?: CheckScene['dial'];
  readonly database?: Database;
  readonly checked?: Database;
  readonly runtime?: string;
}

function sceneOf(place: Place): { scene: CheckScene; integrityChecks: () => number } {
  let checks = 0;
  const refuse = () => {
    throw new Error('not asked for here');
  };
  const target: OperationTarget = {
    id: 'staging',
    name: 'staging',
    api: () => undefined,
    evidence: refuse,
    view: refuse,
    link: { reconnect: refuse, resync: refuse },
    waitFor: refuse,
    refresh: refuse,
    setOperationRunning: refuse,
  };
  const scene: CheckScene = {
    target,
    clock: new FakeClock(),
    place: {
      disk: async () => place.disk ?? ROOMY,
      key: () => place.key ?? GOOD_KEY,
      listener: () => place.listener,
    },
    dial: place.dial,
    brokers: new FakeBrokers(),
    data: undefined,
    insight: {
      database: async () => place.database ?? sound,
      checkIntegrity: async () => {
        checks += 1;
        return place.checked ?? sound;
      },
      freshness: refuse,
    },
    product: { version: '1.2.3', runtime: place.runtime ?? 'Node 24.1.0' },
    vitals: () => ({ eventLoopDelayMs: 1, memoryMb: 100 }),
  };
  return { scene, integrityChecks: () => checks };
}

async function ask(id: string, place: Place) {
  const found = serverChecks(sceneOf(place).scene).find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no check ${id}`);
  return found.run(SIGNAL);
}

describe('the checks of this server', () => {
  it('the disk: room, little, none', async () => {
    expect(await ask('server-disk', {})).toMatchObject({
      status: 'pass',
      observed: '40.0 GB of 100.0 GB free',
    });
    expect(await ask('server-disk', { disk: { ...ROOMY, freeBytes: 0.5 * GB } })).toMatchObject({
      status: 'warn',
      observed: '512 MB of 100.0 GB free',
    });
    expect(await ask('server-disk', { disk: { ...ROOMY, freeBytes: 1000 } })).toMatchObject({
      status: 'fail',
    });
  });

  it('the key: a good file, none yet, from the environment, one that others can read', async () => {
    expect(await ask('server-key', {})).toMatchObject({ status: 'pass', evidence: ['/data/vault.key'] });
    expect((await ask('server-key', { key: { ...GOOD_KEY, isPresent: false } })).observed).toMatch(
      /none yet/,
    );
    expect(await ask('server-key', { key: { source: 'environment', isPresent: true } })).toMatchObject({
      observed: 'taken from MESHPLAY_KEY',
    });
    const problem = { message: 'The key file can be read by others.', remedy: 'Run: chmod 600' };
    expect(await ask('server-key', { key: { ...GOOD_KEY, mode: '644', problem } })).toMatchObject({
      status: 'fail',
      observed: problem.message,
      remedy: problem.remedy,
    });
  });

  it('the database file: looked through again when the last time is long ago, damaged, out of order', async () => {
    const old = sceneOf({});
    await serverChecks(old.scene)
      .find((one) => one.id === 'server-integrity')
      ?.run(SIGNAL);
    expect(old.integrityChecks()).toBe(1);
    const checkedAt = new Date(new FakeClock().now()).toISOString();
    const recent = sceneOf({ database: { ...sound, integrity: { outcome: 'ok', checkedAt, messages: [] } } });
    await serverChecks(recent.scene)
      .find((one) => one.id === 'server-integrity')
      ?.run(SIGNAL);
    expect(recent.integrityChecks()).toBe(0);
    const damaged = { ...sound.integrity, outcome: 'damaged' as const, messages: ['row 3 missing'] };
    expect(await ask('server-integrity', { checked: { ...sound, integrity: damaged } })).toMatchObject({
      status: 'fail',
      observed: 'row 3 missing',
    });
    const problem = {
      kind: 'full' as const,
      message: 'The disk is full.',
      remedy: 'Make room.',
      at: checkedAt,
    };
    expect(await ask('server-integrity', { checked: { ...sound, problem } })).toMatchObject({
      status: 'fail',
      observed: 'The disk is full.',
      remedy: 'Make room.',
    });
  });

  it('the database file: not looked through twice at once, and never failed for taking long', async () => {
    const busy = sceneOf({ database: { ...sound, integrity: { outcome: 'checking', messages: [] } } });
    const found = serverChecks(busy.scene).find((one) => one.id === 'server-integrity');
    expect(await found?.run(SIGNAL)).toMatchObject({ status: 'skip' });
    expect(busy.integrityChecks()).toBe(0);
    expect(found?.whenLate).toBe('skip');
  });

  it('its port: by an address of this machine, and not where it opens none', async () => {
    const dialled: string[] = [];
    const dial: CheckScene['dial'] = async (host, port) => {
      dialled.push(`${host}:${port}`);
      return 1;
    };
    expect(await ask('server-listener', { listener: { host: '0.0.0.0', port: 3000 }, dial })).toMatchObject({
      status: 'pass',
    });
    await ask('server-listener', { listener: { host: '::', port: 3000 }, dial });
    await ask('server-listener', { listener: { host: '10.0.0.7', port: 3000 }, dial });
    expect(dialled).toEqual(['127.0.0.1:3000', '::1:3000', '10.0.0.7:3000']);
    const refused = {
      listener: { host: '127.0.0.1', port: 1 },
      dial: () => Promise.reject(new Error('refused')),
    };
    await expect(ask('server-listener', refused)).rejects.toThrow('refused');
    expect(await ask('server-listener', { dial })).toMatchObject({ status: 'skip' });
  });

  it('its runtime: an older one is warned of', async () => {
    expect(await ask('server-version', {})).toMatchObject({
      status: 'pass',
      observed: 'version 1.2.3 on Node 24.1.0',
    });
    expect(await ask('server-version', { runtime: 'Node 20.9.0' })).toMatchObject({ status: 'warn' });
  });
});
