import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLUSTER_UID, wireMessage, wirePod } from '../../core/meshsync/fixture.ts';
import { DataIntake } from '../../services/data/intake.ts';
import { SqliteStore } from './sqlite-store.ts';

let folder = '';
let store: SqliteStore;
let intake: DataIntake;
const quiet = () => undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'intake-'));
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  store = await SqliteStore.open(join(folder, 'cache.db'));
  intake = new DataIntake({ store, clock: Date, log: { info: quiet, warn: quiet, error: quiet } });
}

function send(name: string, resourceVersion: number, event = 'MODIFIED'): void {
  intake.accept({
    connectionId: 'c1',
    clusterUid: CLUSTER_UID,
    subject: 'meshery.meshsync.core',
    body: wireMessage(event, wirePod({}, { name, uid: name, resourceVersion: String(resourceVersion) })),
    receivedAtMs: Date.now(),
  });
}

describe('the intake over the real database', { timeout: 120_000 }, () => {
  it('keeps the last message of each object through a storm, and loses none', async () => {
    await open();
    for (let version = 1; version <= 6000; version += 1) send(`web-${version % 60}`, version);
    await intake.drained();
    const { rows } = await store.query({ limit: 100 });
    const last = Array.from({ length: 60 }, (_, index) => [
      `web-${index}`,
      String(index === 0 ? 6000 : 5940 + index),
    ]);
    expect(Object.fromEntries(rows.map((row) => [row.name, row.resourceVersion]))).toEqual(
      Object.fromEntries(last),
    );
    expect(intake.counters('c1').totals).toMatchObject({ received: 6000, stored: 6000, dropped: 0 });
  });

  it('is reset in the middle of the stream without an error and without a gap after it', async () => {
    await open();
    for (let version = 1; version <= 2500; version += 1) send(`before-${version}`, version);
    await intake.pause();
    for (let version = 1; version <= 500; version += 1) send(`during-${version}`, 10_000 + version);
    await store.reset();
    intake.resume();
    for (let version = 1; version <= 500; version += 1) send(`after-${version}`, 20_000 + version);
    await intake.drained();
    const { totals } = intake.counters('c1');
    expect(totals).toMatchObject({ received: 3500, stored: 3500, dropped: 0 });
    const found = await store.query({ limit: 1, search: 'after' });
    expect(found.rows).toHaveLength(1);
    expect(store.state().rows).toBeGreaterThanOrEqual(1000);
    expect(await store.integrity()).toEqual({ isOk: true, messages: [] });
  });

  it('counts what it cannot store while the database is unusable, and stores again after a reset', async () => {
    writeFileSync(
      join(folder, 'cache.db'),
      'no database at all, but long enough to be taken for one'.repeat(20),
    );
    await open();
    send('lost', 1);
    await intake.drained();
    expect(intake.counters('c1').totals).toMatchObject({ stored: 0, dropped: 1 });
    expect(intake.evidence('c1', CLUSTER_UID)).toMatchObject({
      status: 'failed',
      failure: { kind: 'damaged' },
    });
    const asked: string[] = [];
    intake.onLossMended((ids) => asked.push(...ids));
    await store.reset();
    send('kept', 2);
    await intake.drained();
    expect(store.state()).toMatchObject({ rows: 1, problem: undefined });
    expect(asked).toEqual(['c1']);
  });

  it('answers queries while it writes', async () => {
    await open();
    for (let version = 1; version <= 3000; version += 1) send(`web-${version}`, version);
    const during = await Promise.all([store.query({ limit: 10 }), store.tallies(), store.tables()]);
    expect(during[0].rows.length).toBeLessThanOrEqual(10);
    await intake.drained();
    expect((await store.query({ limit: 1 })).total).toBe(3000);
  });
});
