/** Watches, rather than believes, that reading a stranger’s kubeconfig starts no process and opens no file. */
import { createHook } from 'node:async_hooks';
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPLOAD_SEEDS, mutated } from '../../core/kubeconfig/mutation.ts';
import { acceptUploaded, inspectUploaded } from '../../core/kubeconfig/upload.ts';
import { endpointOf } from './endpoint-of.ts';

const touched: string[] = [];
/** Resources of the runtime that stand for a file, a process, a socket or a look-up. */
const WATCHED = /^(?:FS|FILEHANDLE|PROCESS|TCP|PIPE|GETADDRINFO|DNS|STAT)/;
const hook = createHook({
  init(_id, type) {
    if (WATCHED.test(type)) touched.push(type);
  },
});
const modules: [object, readonly string[]][] = [
  [childProcess, ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']],
  [
    fs,
    [
      'open',
      'openSync',
      'readFile',
      'readFileSync',
      'stat',
      'statSync',
      'existsSync',
      'access',
      'accessSync',
      'createReadStream',
      'readdirSync',
    ],
  ],
  [fs.promises, ['open', 'readFile', 'stat', 'access', 'readdir']],
  [net, ['connect', 'createConnection']],
];
const restores: (() => void)[] = [];

/** Counts calls, and passes them on, also for those who imported the function by name. */
function watchCalls(): void {
  for (const [module, names] of modules) {
    for (const name of names) {
      const original: unknown = Reflect.get(module, name);
      if (typeof original !== 'function') continue;
      Reflect.set(module, name, function watched(this: unknown, ...args: unknown[]): unknown {
        touched.push(name);
        return Reflect.apply(original, this, args);
      });
      restores.push(() => Reflect.set(module, name, original));
    }
  }
  syncBuiltinESMExports();
}

beforeAll(watchCalls);
afterAll(() => {
  hook.disable();
  for (const restore of restores) restore();
  syncBuiltinESMExports();
});

/** What is touched while `work` runs. It is synchronous, so nobody else runs in between. */
function touchedBy(work: () => void): string[] {
  touched.length = 0;
  hook.enable();
  work();
  hook.disable();
  return [...touched];
}

describe('reading an uploaded kubeconfig', () => {
  it('is watched by something that sees files and processes', () => {
    expect(touchedBy(() => fs.statSync('.'))).not.toEqual([]);
    expect(touchedBy(() => childProcess.spawnSync(process.execPath, ['--version']))).not.toEqual([]);
    expect(touchedBy(() => void fs.promises.stat('.').catch(() => undefined))).not.toEqual([]);
  });

  it('starts no process, opens no file and dials nothing, 10,000 times over', () => {
    let previews = 0;
    let accepted = 0;
    const seen = touchedBy(() => {
      for (let seed = 0; seed < 10_000; seed += 1) {
        const text = mutated(UPLOAD_SEEDS, seed);
        const inspection = inspectUploaded(text);
        if (inspection.status === 'refused') continue;
        previews += 1;
        for (const { context, refusals } of inspection.contexts) {
          if (refusals.length > 0) continue;
          const resolved = acceptUploaded(text, context);
          if (resolved === undefined) continue;
          accepted += 1;
          const { identity, proxyUrl } = endpointOf(resolved);
          if (identity.kind === 'exec' || identity.kind === 'token-file' || proxyUrl !== undefined)
            throw new Error(`seed ${seed}`);
        }
      }
    });
    expect(seen).toEqual([]);
    expect(previews).toBeGreaterThan(500);
    expect(accepted).toBeGreaterThan(50);
  }, 600_000);

  it('starts none where the policy allows every program either', () => {
    let programs = 0;
    const seen = touchedBy(() => {
      for (let seed = 0; seed < 2_000; seed += 1) {
        const text = mutated(UPLOAD_SEEDS, seed).replace('proxy-url: http://proxy.test:3128', '');
        const inspection = inspectUploaded(text, { policy: 'AllowAll' });
        if (inspection.status === 'refused') continue;
        for (const { context } of inspection.contexts) {
          const resolved = acceptUploaded(text, context, { policy: 'AllowAll' });
          if (resolved !== undefined && endpointOf(resolved).identity.kind === 'exec') programs += 1;
        }
      }
    });
    expect(seen).toEqual([]);
    expect(programs).toBeGreaterThan(10);
  }, 600_000);
});
