import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../api/check.ts';
import type { Clock } from '../ports.ts';
import { type Check, countResults, type Outcome, rootCauseOf, runChecks } from './engine.ts';

const clock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(new Error('aborted'));
      });
    }),
  random: () => 0.5,
  uuid: () => 'id',
};

function check(
  id: string,
  needs: string[],
  run: (signal: AbortSignal) => Promise<Outcome>,
  timeoutMs = 5000,
): Check {
  return { id, suite: 'kubernetes', hop: 'kubernetes', title: id, needs, timeoutMs, run };
}
const pass = (): Promise<Outcome> => Promise.resolve({ status: 'pass', observed: 'well' });
const fail = (): Promise<Outcome> => Promise.resolve({ status: 'fail', observed: 'ill' });
const never = (signal: AbortSignal) =>
  new Promise<Outcome>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error('ended'))),
  );

describe('runChecks', () => {
  it('names the first failure as the reason of everything behind it, however far', async () => {
    const results = await runChecks(
      [
        check('dns', [], fail),
        check('tcp', ['dns'], pass),
        check('tls', ['tcp'], pass),
        check('other', [], pass),
      ],
      clock,
      () => undefined,
      new AbortController().signal,
    );
    expect(results.map((one) => [one.id, one.status, one.skippedBecause])).toEqual([
      ['dns', 'fail', undefined],
      ['tcp', 'skip', 'dns'],
      ['tls', 'skip', 'dns'],
      ['other', 'pass', undefined],
    ]);
    expect(results[2]?.observed).toBe('not evaluated, because “dns” failed');
    expect(rootCauseOf(results)).toBe('dns');
    expect(countResults(results)).toEqual({ pass: 1, warn: 0, fail: 1, skip: 2 });
  });

  it('tells why the first one was not evaluated, however far behind it', async () => {
    const skip = (): Promise<Outcome> => Promise.resolve({ status: 'skip', observed: 'no proxy is set' });
    const results = await runChecks(
      [check('proxy', [], skip), check('tunnel', ['proxy'], pass), check('tls', ['tunnel'], pass)],
      clock,
      () => undefined,
      new AbortController().signal,
    );
    const observed = 'not evaluated, as “proxy” was not: no proxy is set';
    expect(results.slice(1)).toMatchObject([
      { status: 'skip', skippedBecause: 'proxy', observed },
      { status: 'skip', skippedBecause: 'proxy', observed },
    ]);
  });

  it('runs independent checks side by side', async () => {
    let together = 0;
    let most = 0;
    const slow = async (): Promise<Outcome> => {
      together += 1;
      most = Math.max(most, together);
      await clock.sleep(20);
      together -= 1;
      return { status: 'pass', observed: '' };
    };
    await runChecks(
      [check('a', [], slow), check('b', [], slow), check('c', [], slow)],
      clock,
      () => undefined,
      new AbortController().signal,
    );
    expect(most).toBe(3);
  });

  it('ends a check that never answers by its own limit and leaves the others alone', async () => {
    const results = await runChecks(
      [check('hole', [], never, 30), check('fine', [], pass)],
      clock,
      () => undefined,
      new AbortController().signal,
    );
    expect(results[0]).toMatchObject({ status: 'fail', observed: 'no answer within 0.03 s' });
    expect(results[1]).toMatchObject({ status: 'pass' });
  });

  it.each(['skip', 'warn'] as const)(
    'ends one that looks at this server itself as %s, never as a failure',
    async (whenLate) => {
      const results = await runChecks(
        [{ ...check('file', [], never, 30), whenLate }, check('after', ['file'], pass)],
        clock,
        () => undefined,
        new AbortController().signal,
      );
      expect(results[0]).toMatchObject({
        status: whenLate,
        observed: 'could not be looked at within 0.03 s; try again later',
      });
      expect(results[1]?.status).toBe(whenLate === 'warn' ? 'pass' : 'skip');
      expect(rootCauseOf(results)).toBeUndefined();
    },
  );

  it('keeps what such a check throws in time a failure', async () => {
    const broken = check('file', [], () => Promise.reject(new Error('the disk is gone')));
    const results = await runChecks(
      [{ ...broken, whenLate: 'skip' }],
      clock,
      () => undefined,
      new AbortController().signal,
    );
    expect(results[0]).toMatchObject({ status: 'fail', observed: 'the disk is gone' });
  });

  it('blames nothing but this machine where it overslept the limit itself', async () => {
    // Time as a machine tells it that was busy for four seconds and woke late.
    let nowMs = 0;
    const busy: Clock = {
      ...clock,
      now: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms + 4000;
      },
    };
    const run = () =>
      runChecks([check('hole', [], never)], busy, () => undefined, new AbortController().signal);
    const [result] = await run();
    expect(result).toMatchObject({ status: 'skip', durationMs: 9000 });
    expect(result?.observed).toBe('could not be looked at: this server was too busy, and late by 4 s itself');
  });

  it('takes the words of an error that a check throws', async () => {
    const results = await runChecks(
      [check('odd', [], () => Promise.reject(new Error('certificate has expired')))],
      clock,
      () => undefined,
      new AbortController().signal,
    );
    expect(results[0]).toMatchObject({ status: 'fail', observed: 'certificate has expired' });
  });

  it('ends at once when cancelled, and says so', async () => {
    const abort = new AbortController();
    const run = runChecks(
      [check('hole', [], never), check('after', ['hole'], pass)],
      clock,
      () => undefined,
      abort.signal,
    );
    abort.abort(new Error('enough'));
    const results = await run;
    expect(results.map((one) => one.status)).toEqual(['skip', 'skip']);
    expect(results[0]?.observed).toBe('cancelled');
  });

  it('tells each check when it begins and when it ends', async () => {
    const told: [string, CheckResult['status']][] = [];
    await runChecks(
      [check('one', [], pass), check('two', ['one'], pass)],
      clock,
      (result) => told.push([result.id, result.status]),
      new AbortController().signal,
    );
    expect(told).toEqual([
      ['one', 'running'],
      ['one', 'pass'],
      ['two', 'running'],
      ['two', 'pass'],
    ]);
  });
});
