import type * as NodeFs from 'node:fs';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createVault } from './vault.ts';

const disk = vi.hoisted(() => ({ isFull: true }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof NodeFs>();
  const writeSync = (descriptor: number, text: string) => {
    if (disk.isFull) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    return fs.writeSync(descriptor, text);
  };
  return { ...fs, writeSync };
});

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vault-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('leaves no half key behind on a full disk, and makes one once there is room', async () => {
  const keyFile = join(folder, 'key');
  const vault = createVault({ keyFromEnvironment: undefined, keyFile });
  await expect(vault.seal('token')).rejects.toMatchObject({ code: 'not-available' });
  expect(existsSync(keyFile)).toBe(false);
  disk.isFull = false;
  expect(await vault.open(await vault.seal('token'))).toBe('token');
});
