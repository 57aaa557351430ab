import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../api/evidence.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { ClusterError, type TlsAnswer } from '../../ports.ts';
import { ask, reachedBy, sceneOf } from './asked.ts';
import { kubernetesChecks } from './kubernetes.ts';

describe('the certificate of the API server', () => {
  const day = 86_400_000;
  const nowMs = new FakeClock().now();
  const at = (days: number) => new Date(nowMs + days * day).toISOString();
  const good: TlsAnswer = {
    subject: 'kube-apiserver',
    issuer: 'kubernetes',
    validFrom: at(-365),
    validTo: at(365),
    names: ['DNS:kubernetes', 'DNS:prod-eu-1.example'],
    wantedName: 'prod-eu-1.example',
    isMadeOutToIt: true,
  };
  const judged = (more: Partial<TlsAnswer>, evidence: Partial<Evidence> = {}) =>
    ask('kubernetes-tls', {
      evidence: { server: 'https://prod-eu-1.example:6443', ...evidence },
      api: reachedBy({ shakeHands: async () => ({ ...good, ...more }) }),
    });

  it('is good, also when it is made out to what tls-server-name says', async () => {
    expect(await judged({})).toMatchObject({
      status: 'pass',
      observed: expect.stringMatching(/^valid for another/),
    });
    const outcome = await judged({ wantedName: 'kubernetes' });
    expect(outcome.status).toBe('pass');
    expect(outcome.evidence).toContain('looked for: kubernetes (tls-server-name)');
  });

  it('fails with the names it has, and what to write, when it is made out to another', async () => {
    const names = ['DNS:other.example', 'IP Address:10.0.0.1'];
    expect(await judged({ names, isMadeOutToIt: false })).toMatchObject({
      status: 'fail',
      observed: 'it is not made out to prod-eu-1.example, but to other.example, 10.0.0.1',
      remedy: 'Use one of these names in cluster.server, or set tls-server-name to one of them.',
    });
    expect(await judged({ names, wantedName: 'api.test', isMadeOutToIt: false })).toMatchObject({
      status: 'fail',
      observed:
        'it is not made out to api.test, which tls-server-name asks for, but to other.example, 10.0.0.1',
      remedy: 'Set tls-server-name of the kubeconfig to one of these names, or remove it.',
    });
    expect((await judged({ names: [], isMadeOutToIt: false })).observed).toContain('no name at all');
  });

  it('fails where it is expired, not valid yet, or nobody vouches for it', async () => {
    expect(await judged({ validTo: at(-3) })).toMatchObject({
      status: 'fail',
      observed: 'it expired 3 days ago',
    });
    expect(await judged({ validFrom: at(1) })).toMatchObject({
      status: 'fail',
      observed: expect.stringContaining('a clock is wrong'),
    });
    expect(await judged({ distrust: 'it is self-signed' })).toMatchObject({
      status: 'fail',
      observed: 'it is self-signed',
      remedy: expect.stringContaining('certificate-authority-data'),
    });
    expect(await judged({ validTo: at(9) })).toMatchObject({
      status: 'warn',
      observed: 'it expires in 9 days',
    });
  });

  it('is only warned of where nobody checks it, whatever it is', async () => {
    const unchecked = { isTlsVerified: false };
    expect((await judged({}, unchecked)).status).toBe('warn');
    expect(await judged({ validTo: at(-3) }, unchecked)).toMatchObject({
      status: 'warn',
      observed: expect.stringContaining('it expired 3 days ago, too'),
    });
  });
});

describe('the clock of the API server', () => {
  it.each([
    [undefined, 'pass', '/livez in 4 ms'],
    [-20_000, 'pass', '/livez in 4 ms'],
    [600_000, 'warn', 'it answers, and its clock is 600 s ahead of the one of this machine'],
    [-600_000, 'warn', 'it answers, and its clock is 600 s behind the one of this machine'],
  ])('that differs by %s ms gives %s', async (aheadMs, status, observed) => {
    const api = new FakeCluster();
    const time = aheadMs === undefined ? {} : { timeMs: new FakeClock().now() + aheadMs };
    api.health = async () => ({ isOk: true, failing: [], latencyMs: 4, ...time });
    expect(await ask('kubernetes-answers', { api })).toMatchObject({ status, observed });
  });
});

describe('the proxy of the kubeconfig', () => {
  const proxy = 'proxy.test:3128';
  const refusal = (status?: number) =>
    new ClusterError(
      { kind: status === 407 ? 'proxy-auth' : 'proxy', message: `The proxy ${proxy} said no.` },
      status === undefined ? {} : { status },
    );
  const answering = (error: ClusterError) => ({
    api: reachedBy({
      proxy,
      askProxy: async () => {
        throw error;
      },
    }),
  });

  it('is skipped where none is set, and the steps are looked at directly', async () => {
    const api = reachedBy({ resolve: async () => ['10.0.0.1'], dial: async () => 3 });
    expect(await ask('kubernetes-proxy', { api })).toMatchObject({
      status: 'skip',
      observed: expect.stringContaining('no proxy is set'),
    });
    expect(await ask('kubernetes-dns', { api })).toMatchObject({ status: 'pass' });
    expect((await ask('kubernetes-tcp', { api })).observed).not.toContain('proxy');
  });

  it('leads to the API server: names are not resolved here, and the rest goes through it', async () => {
    // Whoever resolves the name here fails the test: it may be known to the proxy alone.
    const api = reachedBy({ proxy, askProxy: async () => 7.4, dial: async () => 9 });
    expect(await ask('kubernetes-proxy', { api })).toMatchObject({
      status: 'pass',
      observed: 'proxy.test:3128 leads to the API server, in 7 ms',
    });
    expect(await ask('kubernetes-dns', { api })).toMatchObject({
      status: 'skip',
      observed: 'the proxy proxy.test:3128 resolves it, not this machine',
    });
    expect(await ask('kubernetes-tcp', { api })).toMatchObject({
      status: 'pass',
      observed: 'port 6443 answered in 9 ms, through the proxy proxy.test:3128',
    });
    const needs = kubernetesChecks(sceneOf({ api })).find(({ id }) => id === 'kubernetes-tcp')?.needs;
    expect(needs).toEqual(['kubernetes-proxy']);
  });

  it.each([
    [407, 'http://user:password@host:port'],
    [403, 'allow CONNECT'],
    [502, 'from where the proxy is'],
    [503, 'from where the proxy is'],
    [504, 'from where the proxy is'],
    [undefined, 'Start the proxy'],
  ])('fails for an answer of %s with what mends it', async (status, remedy) => {
    const outcome = await ask('kubernetes-proxy', answering(refusal(status)));
    expect(outcome).toMatchObject({
      status: 'fail',
      observed: `The proxy ${proxy} said no.`,
      remedy: expect.stringContaining(remedy),
    });
    expect(outcome.evidence).toEqual(
      status === undefined ? undefined : [`CONNECT was answered with HTTP ${status}`],
    );
  });
});
