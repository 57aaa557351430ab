import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateDatabase } from './database.ts';
import { makeGuestFolder } from './guest-folder.ts';

const now = () => Date.parse('2026-03-01T10:00:00.000Z');
let owned: string;
beforeEach(() => {
  owned = mkdtempSync(join(tmpdir(), 'guest-spec-'));
});
afterEach(() => rmSync(owned, { recursive: true, force: true }));

describe('a guest', () => {
  it('takes along which connections there are, and nothing that is being done to them', async () => {
    const owner = openStateDatabase(join(owned, 'state.db'), now);
    const kept = { context: 'prod', sealed: 'v1.aa.bb' };
    await owner.store.write('uploaded-contexts', 'prod', kept);
    await owner.store.write('operations', 'o1', { status: 'running' });
    await owner.store.write('lifecycle-wishes', 'c1', { wish: 'delete' });
    await owner.store.write('events', 'e1', {});
    const guest = await makeGuestFolder(owned, now);
    try {
      expect(statSync(guest.folder).mode & 0o077).toBe(0);
      const copy = openStateDatabase(join(guest.folder, 'state.db'), now);
      expect(await copy.store.list('uploaded-contexts')).toEqual([{ id: 'prod', value: kept }]);
      for (const collection of ['operations', 'lifecycle-wishes', 'events'])
        expect(await copy.store.list(collection), collection).toEqual([]);
      await copy.store.write('uploaded-contexts', 'mine', {});
      copy.close();
      expect(await owner.store.list('uploaded-contexts')).toHaveLength(1);
    } finally {
      guest.remove();
      owner.close();
    }
    expect(existsSync(guest.folder)).toBe(false);
  });

  it('of an empty folder begins with nothing', async () => {
    const guest = await makeGuestFolder(owned, now);
    expect(existsSync(join(guest.folder, 'state.db'))).toBe(false);
    guest.remove();
  });
});
