import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OwnedError, ownerOf, takeFolder } from './owner.ts';

const LIMIT_MS = 120_000;
const SELF = { kind: 'command-line', startedAt: '2026-03-01T10:00:00.000Z' } as const;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'owner-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another process that has the folder, as a server with an address, until it is killed. */
async function otherOwner(): Promise<ChildProcess> {
  const module = JSON.stringify(join(import.meta.dirname, 'owner.ts'));
  const program = `
    const { takeFolder } = await import(${module});
    const self = { kind: 'server', startedAt: '2026-03-01T09:00:00.000Z' };
    takeFolder(${JSON.stringify(folder)}, self).announce('http://127.0.0.1:1234');
    console.log('taken');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(said)).toBe('taken\n');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function refusal(): OwnedError {
  try {
    takeFolder(folder, SELF).release();
  } catch (error) {
    if (error instanceof OwnedError) return error;
    throw error;
  }
  throw new Error('The folder could be taken.');
}

describe('the owner of a data folder', () => {
  it('is one process at a time, and says who it is', () => {
    expect(ownerOf(folder)).toBeUndefined();
    const mine = takeFolder(folder, SELF);
    try {
      expect(ownerOf(folder)).toEqual({ ...SELF, pid: process.pid });
      const { owner, message, remedy } = refusal();
      expect(owner?.pid).toBe(process.pid);
      expect(message).toContain(`${folder} is in use by a command (process ${process.pid}`);
      expect(remedy).toContain('Wait until it has ended');
      expect(statSync(join(folder, 'owner.json')).mode & 0o077).toBe(0);
    } finally {
      mine.release();
    }
    expect(ownerOf(folder)).toBeUndefined();
    takeFolder(folder, SELF).release();
  });

  it(
    'is found from another process with its address, and is over when that is killed',
    async () => {
      const child = await otherOwner();
      try {
        expect(ownerOf(folder)).toMatchObject({
          pid: child.pid,
          kind: 'server',
          url: 'http://127.0.0.1:1234',
        });
        const { message, remedy, code } = refusal();
        expect(code).toBe('conflict');
        expect(message).toContain(`the server at http://127.0.0.1:1234 (process ${child.pid}`);
        expect(remedy).toContain(`kill ${child.pid}`);
      } finally {
        await kill(child);
      }
      // Its note is still there and names it; the lock is what counts.
      expect(existsSync(join(folder, 'owner.json'))).toBe(true);
      expect(ownerOf(folder)).toBeUndefined();
      const mine = takeFolder(folder, SELF);
      expect(ownerOf(folder)).toMatchObject({ pid: process.pid });
      mine.release();
    },
    LIMIT_MS,
  );

  it('is looked for without a trace', () => {
    expect(ownerOf(join(folder, 'absent'))).toBeUndefined();
    expect(ownerOf(folder)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that has not written who it is, or whose note is damaged, is an owner all the same', () => {
    const mine = takeFolder(folder, SELF);
    try {
      writeFileSync(join(folder, 'owner.json'), '{"pid":');
      expect(ownerOf(folder)).toBe('not-said-yet');
      expect(refusal().message).toContain('another process of this program');
    } finally {
      mine.release();
    }
  });

  it('cannot be of a folder that cannot be made', () => {
    writeFileSync(join(folder, 'a-file'), '');
    expect(() => takeFolder(join(folder, 'a-file', 'data'), SELF)).toThrow(/cannot be opened/);
  });
});
