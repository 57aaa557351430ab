import { afterEach, describe, expect, it } from 'vitest';
import type { Finding } from '../api/diagnosis.ts';
import { type Operation, OperationRequest } from '../api/operation.ts';
import { verdictOf } from '../services/operations/recheck.ts';
import type { ConnectionHandle } from '../services/registry/handle.ts';
import { createServices } from '../services/services.ts';
import { createWorkbench, type Workbench } from '../services/workbench.ts';
import { createMemoryState, createSandbox, createSystemClock } from './index.ts';
import { SPEC_ENVIRONMENT } from './spec-environment.ts';

const CONTEXT = { requestId: 'spec', actor: 'spec', signal: new AbortController().signal };
/** Generous: a loaded machine is no failure. */
const LIMIT_MS = 120_000;
const TEST_LIMIT_MS = 300_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface World {
  readonly workbench: Workbench;
  readonly handle: ConnectionHandle;
  close(): Promise<void>;
}

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function enter(name: string): Promise<World> {
  const clock = createSystemClock();
  const sandbox = createSandbox({ clock, seed: 7, world: name });
  const services = createServices({
    clock,
    log: quiet,
    kubeconfigs: sandbox.kubeconfigs,
    brokers: sandbox.brokers,
    state: createMemoryState(),
    sandbox: sandbox.control,
    environment: SPEC_ENVIRONMENT,
  });
  const workbench = createWorkbench(services, undefined);
  await services.start();
  await workbench.start();
  const [handle] = services.registry.connections();
  if (handle === undefined) throw new Error(`world ${name} has no connection`);
  const world: World = {
    workbench,
    handle,
    async close() {
      await workbench.close();
      await services.close();
      sandbox.close();
    },
  };
  open.push(world);
  return world;
}

async function found({ handle }: World, pattern: RegExp): Promise<Finding> {
  const isFound = ({ summary }: Finding) => pattern.test(summary);
  await handle.waitFor((view) => view.allFindings.some(isFound), LIMIT_MS, CONTEXT.signal);
  const finding = handle.view().allFindings.find(isFound);
  if (finding === undefined) {
    throw new Error(
      `not found: ${String(pattern)}; found ${handle.findings.map((one) => one.summary).join(' ')}`,
    );
  }
  return finding;
}

async function mend(
  { workbench, handle }: World,
  code: string,
  ask: Pick<OperationRequest, 'kind'> & Partial<OperationRequest>,
): Promise<Operation> {
  const body = OperationRequest.parse({
    connectionId: handle.id,
    mends: { code, connectionId: handle.id },
    ...ask,
  });
  const started = await workbench.handlers.operationStart(
    { params: undefined, query: undefined, body },
    CONTEXT,
  );
  for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += 50) {
    const now = await workbench.handlers.operationView(
      { params: { operationId: started.id }, query: undefined, body: undefined },
      CONTEXT,
    );
    if (now.status !== 'running') return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the operation did not end');
}

describe('a finding after its remedy', () => {
  it(
    'is fixed, with what is seen now',
    async () => {
      const world = await enter('orphaned-controllers');
      const finding = await found(world, /orphaned/);
      const ended = await mend(world, finding.code, { kind: 'adopt' });
      expect(ended, ended.summary).toMatchObject({
        status: 'succeeded',
        recheck: { code: finding.code, summary: finding.summary, verdict: 'fixed' },
      });
      expect(ended.recheck?.observed).toMatch(/^Operator DEPLOYED: /);
      expect(ended.steps.at(-1)).toMatchObject({
        title: `See whether ${finding.code} is gone`,
        status: 'done',
        message: 'it is gone',
      });
      expect(world.handle.findings.map((one) => one.code)).not.toContain(finding.code);
      await expect(mend(world, finding.code, { kind: 'resync' })).rejects.toMatchObject({
        code: 'unprocessable',
        field: 'mends.code',
      });
    },
    TEST_LIMIT_MS,
  );

  it(
    'is still there after a remedy that failed, because of what is seen',
    async () => {
      const world = await enter('broker-without-external-address');
      const finding = await found(world, /no address this server can reach/);
      const ended = await mend(world, finding.code, { kind: 'reconnect' });
      expect(ended).toMatchObject({
        status: 'failed',
        recheck: { code: finding.code, verdict: 'still-there' },
      });
      expect(ended.recheck?.observed.length).toBeGreaterThan(10);
      expect(ended.steps.at(-1)).toMatchObject({ status: 'done', message: 'it is still there' });
    },
    TEST_LIMIT_MS,
  );

  it(
    'is still there after a remedy that went well and did not mend it',
    async () => {
      const world = await enter('two-families');
      const finding = await found(world, /Meshplay and Meshery|both families|two families/i);
      const ended = await mend(world, finding.code, { kind: 'resync' });
      expect(ended, ended.summary).toMatchObject({
        status: 'succeeded',
        recheck: { code: finding.code, verdict: 'still-there' },
      });
    },
    TEST_LIMIT_MS,
  );

  it(
    'is judged by what is seen: replaced by another, still changing, or not to be seen',
    async () => {
      const world = await enter('orphaned-controllers');
      const finding = await found(world, /orphaned/);
      const view = world.handle.view();
      const before = { finding, known: new Set(view.allFindings.map((one) => one.code)) };
      const withOperator = (verdict: 'good' | 'changing' | 'unknown', allFindings: Finding[] = []) => ({
        ...view,
        hops: view.hops.map((one) => (one.hop === 'operator' ? { ...one, verdict } : one)),
        allFindings,
      });
      expect(verdictOf(view, before)).toMatchObject({ verdict: 'still-there' });
      expect(verdictOf(withOperator('good'), before)).toMatchObject({ verdict: 'fixed' });
      expect(verdictOf(withOperator('changing'), before)).toMatchObject({ verdict: 'not-known' });
      expect(verdictOf(withOperator('unknown'), before)).toMatchObject({ verdict: 'not-known' });
      const next: Finding = { ...finding, code: 'MT-O-99', hop: 'operator', summary: 'Its image is gone.' };
      expect(verdictOf(withOperator('good', [next]), before)).toEqual({
        verdict: 'still-there',
        observed: 'Its image is gone.',
        replacedBy: 'MT-O-99',
      });
      const elsewhere: Finding = { ...next, hop: 'database' };
      expect(verdictOf(withOperator('good', [elsewhere]), before)).toMatchObject({ verdict: 'fixed' });
    },
    TEST_LIMIT_MS,
  );
});
