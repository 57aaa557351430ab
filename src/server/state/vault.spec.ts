import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../api/errors.ts';
import { createVault, reportKey } from './vault.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 9).toString('base64');
const SECRET = 'token: eyJhbGciOi.cluster-admin.ünïcode';
let folder: string;
let keyFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vault-'));
  keyFile = join(folder, 'data', 'key');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const withFile = () => createVault({ keyFromEnvironment: undefined, keyFile });
const report = (keyFromEnvironment?: string) => reportKey({ keyFromEnvironment, keyFile });
const withKey = (key: string) => createVault({ keyFromEnvironment: key, keyFile });

describe('createVault', () => {
  it('makes a key only its owner can read when it is first needed, and opens what it sealed', async () => {
    expect(existsSync(keyFile)).toBe(false);
    const sealed = await withFile().seal(SECRET);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(sealed).not.toContain('cluster-admin');
    expect(await withFile().open(sealed)).toBe(SECRET);
  });

  it('never seals the same text the same way twice', async () => {
    const vault = withKey(KEY);
    expect(await vault.seal(SECRET)).not.toBe(await vault.seal(SECRET));
  });

  it('uses the key of the environment without touching the disk', async () => {
    const sealed = await withKey(KEY).seal(SECRET);
    expect(existsSync(keyFile)).toBe(false);
    expect(await withKey(KEY).open(sealed)).toBe(SECRET);
  });

  it('says that another key was used, without telling either', async () => {
    const sealed = await withKey(KEY).seal(SECRET);
    const error = await withKey(OTHER_KEY)
      .open(sealed)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(String(error)).toMatch(/sealed with another key/);
    expect(String(error)).not.toContain(OTHER_KEY);
  });

  it('says that the key file is missing, does not make another, and works when it is put back', async () => {
    const sealed = await withFile().seal(SECRET);
    const kept = readFileSync(keyFile);
    rmSync(keyFile);
    await expect(withFile().open(sealed)).rejects.toThrow(/is missing/);
    expect(existsSync(keyFile)).toBe(false);
    writeFileSync(keyFile, kept, { mode: 0o600 });
    expect(await withFile().open(sealed)).toBe(SECRET);
  });

  it('says so when a folder is where the key file should be', async () => {
    mkdirSync(keyFile, { recursive: true, mode: 0o700 });
    await expect(withFile().seal(SECRET)).rejects.toMatchObject({ code: 'not-available' });
    expect(report().problem?.message).toContain('cannot be read');
  });

  it('refuses a key file that others can read', async () => {
    const sealed = await withFile().seal(SECRET);
    chmodSync(keyFile, 0o640);
    await expect(withFile().open(sealed)).rejects.toMatchObject({
      code: 'not-available',
      remedy: `Run: chmod 600 ${keyFile}`,
    });
    await expect(withFile().seal(SECRET)).rejects.toThrow(/can be read by others \(mode 640\)/);
  });

  it.each(['', 'short', 'x'.repeat(44), Buffer.alloc(31).toString('base64')])(
    'refuses %j as a key',
    async (key) => {
      await expect(withKey(key).seal(SECRET)).rejects.toThrow(/MESHPLAY_KEY does not hold a key/);
    },
  );

  it('notices a changed, cut or foreign text', async () => {
    const vault = withKey(KEY);
    const sealed = await vault.seal(SECRET);
    const flipped = `${sealed.slice(0, -2)}${sealed.at(-2) === 'A' ? 'B' : 'A'}${sealed.slice(-1)}`;
    for (const damaged of [flipped, sealed.slice(0, 30), 'plain text', '']) {
      await expect(vault.open(damaged)).rejects.toThrow(/is damaged/);
    }
  });
});

describe('reportKey', () => {
  it('tells of a key that is not there, is there, can be read by others, or is none, and never the key', async () => {
    expect(report()).toEqual({ source: 'file', path: keyFile, isPresent: false });
    expect(existsSync(keyFile)).toBe(false);
    await withFile().seal(SECRET);
    expect(report()).toEqual({ source: 'file', path: keyFile, mode: '600', isPresent: true });
    chmodSync(keyFile, 0o644);
    expect(report()).toMatchObject({ mode: '644', problem: { remedy: `Run: chmod 600 ${keyFile}` } });
    chmodSync(keyFile, 0o600);
    writeFileSync(keyFile, 'no key');
    expect(report().problem?.message).toContain('does not hold a key');
    expect(report(KEY)).toEqual({ source: 'environment', isPresent: true });
    expect(report('short').problem?.message).toContain('MESHPLAY_KEY does not hold a key');
    expect(JSON.stringify([report(KEY), report('short')])).not.toContain(KEY);
  });
});
