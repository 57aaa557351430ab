import { describe, expect, it } from 'vitest';
import { OperationRequest } from '../../api/operation.ts';
import { FakeClock, silentLog } from '../fakes/fake-clock.ts';
import { FakeState } from '../fakes/fake-ports.ts';
import type { Plan, StepContext } from './plan.ts';
import { createOperations } from './runner.ts';

const signal = new AbortController().signal;
const reset = (more: object = {}) => OperationRequest.parse({ kind: 'reset-database', ...more });

/** A state whose disk is full while `isFull`. */
class FullState extends FakeState {
  isFull = false;
  override async write(collection: string, id: string, value: unknown): Promise<void> {
    if (this.isFull) throw new Error('database or disk is full');
    return super.write(collection, id, value);
  }
}

/** Operations of one step that `act`s; each waits until `finish`. */
function scene({ act, state = new FullState() }: { act?: Plan['steps'][0]['run']; state?: FullState } = {}) {
  const gate = Promise.withResolvers<void>();
  const runs: StepContext[] = [];
  const plan: Plan = {
    title: 'Reset the database',
    changes: [],
    warnings: [],
    steps: [
      {
        title: 'the only one',
        async run(context) {
          runs.push(context);
          await act?.(context);
          await Promise.race([
            gate.promise,
            new Promise((_, reject) => {
              context.signal.addEventListener('abort', () => reject(new Error('cancelled')), { once: true });
            }),
          ]);
        },
      },
    ],
    outcome: async () => ({ summary: 'done' }),
  };
  const operations = createOperations({
    clock: new FakeClock(),
    log: silentLog,
    state,
    planner: { plan: async () => plan },
    target: () => undefined,
    onChange: () => undefined,
  });
  const untilEnded = async (id: string) => {
    await expect.poll(() => operations.view(id).status).not.toBe('running');
    return operations.view(id);
  };
  return { operations, state, runs, untilEnded, finish: () => gate.resolve() };
}

describe('operations', () => {
  it('change the database one at a time, whatever connection is named beside it', async () => {
    const { operations, runs, finish, untilEnded } = scene();
    const first = await operations.begin(reset({ connectionId: 'c-1' }), 'ada', signal);
    expect(first.connectionId).toBeUndefined();
    for (const second of [reset(), reset({ connectionId: 'c-2' })])
      await expect(operations.begin(second, 'bob', signal)).rejects.toMatchObject({
        code: 'conflict',
        relatedId: first.id,
      });
    expect(runs).toHaveLength(1);
    finish();
    expect(await untilEnded(first.id)).toMatchObject({ status: 'succeeded' });
  });

  it('that were pressed twice in one moment begin once, and the second names the first', async () => {
    const { operations, runs, finish } = scene();
    const presses = await Promise.allSettled([1, 2, 3].map(() => operations.begin(reset(), 'ada', signal)));
    expect(presses.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    const [first] = operations.list();
    expect(presses[2]).toMatchObject({ reason: { code: 'conflict', relatedId: first?.id } });
    expect(runs).toHaveLength(1);
    finish();
  });

  it('do not begin while a connection is moved, nor is it moved while one runs', async () => {
    const { operations, finish, untilEnded } = scene();
    const moved = Promise.withResolvers<string>();
    const moving = operations.alone('database', 'The change to deleted', 'ada', () => moved.promise);
    await expect(operations.begin(reset(), 'bob', signal)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('The change to deleted') as string,
    });
    moved.resolve('moved');
    expect(await moving).toBe('moved');
    const { id } = await operations.begin(reset(), 'bob', signal);
    const refused = operations.alone('database', 'again', 'ada', async () => 'moved');
    await expect(refused).rejects.toMatchObject({ code: 'conflict', relatedId: id });
    finish();
    await untilEnded(id);
  });

  it('are cancelled once: what has ended says so, even while that is being written down', async () => {
    const state = new FullState();
    const { operations, finish } = scene({ state });
    const { id } = await operations.begin(reset(), 'ada', signal);
    // The last words never reach the disk in this test, so it stays in the moment after the end.
    state.write = () => new Promise(() => undefined);
    operations.cancel(id);
    await expect.poll(() => operations.view(id).status).toBe('cancelled');
    expect(() => operations.cancel(id)).toThrow(expect.objectContaining({ code: 'conflict' }));
    finish();
  });

  it('do not begin when that cannot be written down', async () => {
    const { operations, state, runs } = scene();
    state.isFull = true;
    await expect(operations.begin(reset(), 'ada', signal)).rejects.toMatchObject({
      code: 'not-available',
      remedy: expect.stringContaining('Nothing was changed.') as string,
    });
    expect(operations.list()).toEqual([]);
    expect(runs).toEqual([]);
    state.isFull = false;
    await expect(operations.begin(reset(), 'ada', signal)).resolves.toMatchObject({ status: 'running' });
  });

  it('change nothing more once the intent cannot be written down, and can be resumed', async () => {
    const state = new FullState();
    const changed: string[] = [];
    const { operations, untilEnded } = scene({
      state,
      async act(context) {
        await context.intend('Applying one');
        changed.push('one');
        state.isFull = true;
        await context.intend('Applying two');
        changed.push('two');
      },
    });
    const { id } = await operations.begin(reset(), 'ada', signal);
    const ended = await untilEnded(id);
    expect(ended).toMatchObject({ status: 'failed', canResume: true });
    expect(ended.summary).toContain('Applying two: not done');
    expect(changed).toEqual(['one']);
  });
});
