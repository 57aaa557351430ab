import { describe, expect, it } from 'vitest';
import { ApiError } from '../../api/errors.ts';
import { StoreError } from '../../services/data/store.ts';
import { createSandbox } from '../index.ts';
import { createManualClock } from '../manual-clock.ts';
import { MemoryStore } from './memory-store.ts';

function start(world: string) {
  const clock = createManualClock(Date.parse('2026-08-01T10:00:00Z'));
  const sandbox = createSandbox({ clock, seed: 1, world, ownsDatabase: true });
  return { sandbox, store: new MemoryStore(clock, sandbox.database) };
}

describe('the simulated damage of the database', () => {
  it('is told, set aside and mended by a reset, in the world of that name', async () => {
    const { sandbox, store } = start('corrupt-database');
    const { problem } = store.state();
    expect(problem).toMatchObject({ kind: 'corrupt', at: '2026-08-01T10:00:00.000Z' });
    expect(problem?.remedy).toContain('Reset the database');
    await expect(store.accept([])).rejects.toBeInstanceOf(StoreError);
    await expect(store.query({ limit: 10 })).rejects.toBeInstanceOf(StoreError);
    expect(await store.copies()).toMatchObject([
      { id: problem?.setAsideAs, why: 'corrupt', isRestorable: false },
    ]);

    await store.reset();
    expect(store.state().problem).toBeUndefined();
    expect(await store.accept([])).toMatchObject({ connections: [] });
    expect(sandbox.control.injected()).toEqual([]);
    // Nothing was there to be set aside a second time.
    expect(await store.copies()).toHaveLength(1);
    sandbox.close();
  });

  it('comes again when it is injected again, and refuses to restore what is damaged', async () => {
    const { sandbox, store } = start('healthy');
    expect(store.state().problem).toBeUndefined();
    sandbox.control.inject('staging', 'corrupt-database');
    const { problem } = store.state();
    expect(problem?.kind).toBe('corrupt');
    await expect(store.restore(problem?.setAsideAs ?? '')).rejects.toBeInstanceOf(ApiError);
    await store.reset();
    sandbox.control.inject('staging', 'corrupt-database');
    expect(store.state().problem?.kind).toBe('corrupt');
    sandbox.control.leave();
    expect(store.state().problem).toBeUndefined();
    sandbox.close();
  });

  it('keeps what is stored readable on a full disk, and nothing on a locked file; both mend by themselves', async () => {
    const { sandbox, store } = start('healthy');
    sandbox.control.inject('staging', 'full-disk');
    expect(store.state().problem).toMatchObject({ kind: 'full' });
    await expect(store.accept([])).rejects.toBeInstanceOf(StoreError);
    expect(await store.query({ limit: 10 })).toMatchObject({ rows: [] });
    expect(await store.copies()).toEqual([]);
    sandbox.control.repair('staging', 'full-disk');
    expect(await store.accept([])).toMatchObject({ connections: [] });

    sandbox.control.inject('staging', 'locked-database');
    await expect(store.query({ limit: 10 })).rejects.toBeInstanceOf(StoreError);
    sandbox.control.repair('staging', 'locked-database');
    expect(store.state().problem).toBeUndefined();
    sandbox.close();
  });

  it('is not offered where the database is a real one', () => {
    const sandbox = createSandbox({ clock: createManualClock(0), seed: 1 });
    const names = [...sandbox.control.worlds, ...sandbox.control.faults].map(({ name }) => name);
    expect(names).not.toContain('corrupt-database');
    expect(names).not.toContain('slow-database');
    expect(names).toContain('empty-database');
    sandbox.close();
  });
});
