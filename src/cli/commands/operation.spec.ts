import { describe, expect, it } from 'vitest';
import type { Operation, Recheck } from '../../api/operation.ts';
import { type CommandContext, EXIT, type Format } from '../command.ts';
import { paintFor } from '../output/paint.ts';
import { follow } from './operation.ts';

function ended(recheck: Recheck | undefined): Operation {
  return {
    id: 'op-1',
    kind: 'redeploy',
    title: 'Redeploy MeshSync',
    controllers: ['meshsync'],
    actor: 'cli',
    status: 'succeeded',
    startedAt: '2026-03-01T12:00:00.000Z',
    steps: [],
    canCancel: false,
    canResume: false,
    isDismissed: false,
    ...(recheck === undefined ? {} : { recheck }),
  };
}

const recheck = (verdict: Recheck['verdict'], more: Partial<Recheck> = {}): Recheck => ({
  code: 'MT-M-19',
  connectionId: 'staging',
  summary: 'MeshSync is running, but not connected to the Broker.',
  verdict,
  observed: 'MeshSync CONNECTED: the Broker lists its client.',
  ...more,
});

async function told(operation: Operation, format: Format = 'human') {
  const lines: string[] = [];
  const refuse = () => {
    throw new Error('not asked for here');
  };
  const context: CommandContext = {
    client: { call: refuse },
    isInProcess: false,
    format,
    options: {},
    words: [],
    signal: new AbortController().signal,
    paint: paintFor(false),
    columns: undefined,
    isWatched: false,
    data: (text) => void lines.push(text),
    talk: () => undefined,
    progress: () => undefined,
    redraw: refuse,
    sleep: refuse,
    readText: refuse,
    writeBytes: refuse,
  };
  const exit = await follow(context, operation);
  return { exit, text: lines.join('\n') };
}

describe('the end of an operation that was to mend a finding', () => {
  it('says that it is fixed, and what is seen', async () => {
    expect(await told(ended(recheck('fixed')))).toMatchObject({
      exit: EXIT.healthy,
      text: expect.stringContaining('✓ MT-M-19 is fixed. MeshSync CONNECTED: the Broker lists its client.'),
    });
  });

  it('says that it is still there and why, and ends with findings though every step went well', async () => {
    const still = recheck('still-there', { observed: 'Its image is gone.', replacedBy: 'MT-M-02' });
    expect(await told(ended(still))).toMatchObject({
      exit: EXIT.findings,
      text: expect.stringContaining('× MT-M-19 is still there (now MT-M-02), because: Its image is gone.'),
    });
    expect((await told(ended(still), 'junit')).text).toContain(
      'name="MT-M-19 is fixed"><failure message="Its image is gone."/>',
    );
    expect((await told(ended(recheck('not-known')))).exit).toBe(EXIT.findings);
  });

  it('says nothing of it where nothing was to be mended', async () => {
    expect(await told(ended(undefined))).toEqual({
      exit: EXIT.healthy,
      text: expect.not.stringContaining('fixed'),
    });
  });
});
