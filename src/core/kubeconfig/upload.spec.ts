import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILE_PROBLEMS } from './document.ts';
import { REFUSAL_CODES, acceptUploaded, inspectUploaded } from './upload.ts';
import type { CredentialPluginPolicy } from './plugin-policy.ts';
import type { UploadInspection, UploadedContext } from './upload.ts';
import { UPLOAD_SEEDS, mutated } from './mutation.ts';

function config(cluster: string, user = 'token: abc'): string {
  return `
clusters: [{ name: c, cluster: { ${cluster} } }]
users: [{ name: u, user: { ${user} } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
`;
}

function inspect(cluster: string, user?: string): UploadedContext {
  const inspection = inspectUploaded(config(cluster, user));
  const context = inspection.status === 'previewed' ? inspection.contexts[0] : undefined;
  if (context === undefined) throw new Error('it was refused whole');
  return context;
}

const SERVER = 'server: "https://one.test:6443"';

/** What is missing of a named error or a valid preview. */
function flawOf(inspection: UploadInspection): string | undefined {
  if (inspection.status === 'refused') {
    return FILE_PROBLEMS.includes(inspection.code) && inspection.message !== ''
      ? undefined
      : 'an error without a name';
  }
  for (const { context, refusals } of inspection.contexts) {
    if (context === '') return 'a context without a name';
    const isNamed = refusals.every(
      ({ code, field, message }) => REFUSAL_CODES.includes(code) && field !== '' && message !== '',
    );
    if (!isNamed) return 'a refusal without a name';
  }
  return undefined;
}

describe('an uploaded kubeconfig', () => {
  it('is previewed by names, without its credentials', () => {
    const context = inspect(SERVER);
    expect(context).toEqual({
      context: 'x',
      cluster: 'c',
      user: 'u',
      server: 'https://one.test:6443',
      namespace: undefined,
      isCurrent: false,
      isTlsVerified: true,
      refusals: [],
      warnings: [],
    });
    expect(acceptUploaded(config(SERVER), 'x')?.userBody.token).toBe('abc');
    expect(acceptUploaded(config(SERVER), 'y')).toBeUndefined();
  });

  it.each([
    [
      'exec',
      SERVER,
      'exec: { apiVersion: client.authentication.k8s.io/v1, command: sh }',
      'users[u].user.exec',
    ],
    ['auth-provider', SERVER, 'auth-provider: { name: gcp }', 'users[u].user.auth-provider'],
    [
      'file-path',
      `${SERVER}, certificate-authority: /etc/passwd`,
      undefined,
      'clusters[c].cluster.certificate-authority',
    ],
    ['file-path', SERVER, 'tokenFile: /etc/passwd', 'users[u].user.tokenFile'],
    ['file-path', SERVER, 'client-certificate: a, client-key-data: QUJD', 'users[u].user.client-certificate'],
    ['file-path', SERVER, 'client-certificate-data: QUJD, client-key: a', 'users[u].user.client-key'],
    ['proxy', `${SERVER}, proxy-url: "http://p.test"`, undefined, 'clusters[c].cluster.proxy-url'],
    ['impersonation', SERVER, 'token: a, as: root', 'users[u].user.as'],
    ['impersonation', SERVER, 'token: a, as-groups: ["system:masters"]', 'users[u].user.as-groups'],
    ['address', 'server: "http://169.254.169.254"', undefined, 'clusters[c].cluster.server'],
    ['address', 'server: "https://[::ffff:a9fe:a9fe]:6443"', undefined, 'clusters[c].cluster.server'],
    ['invalid', 'server: ""', undefined, 'clusters[c].cluster.server'],
  ])('is refused for %s', (code, cluster, user, field) => {
    const { refusals } = inspect(cluster, user);
    expect(refusals.map((refusal) => [refusal.code, refusal.field])).toEqual([[code, field]]);
    expect(refusals[0]?.message.length).toBeGreaterThan(20);
    expect(acceptUploaded(config(cluster, user), 'x')).toBeUndefined();
  });

  it.each([
    ['insecure-tls', `${SERVER}, insecure-skip-tls-verify: true`, true],
    ['tls-server-name', `${SERVER}, tls-server-name: a.test`, true],
    ['no-tls', 'server: "http://one.test"', true],
    ['loopback', 'server: "https://127.0.0.1:6443"', true],
    ['loopback', 'server: "https://localhost:6443"', true],
  ])('needs consent for %s', (code, cluster, needsConsent) => {
    const { refusals, warnings } = inspect(cluster);
    expect(refusals).toEqual([]);
    expect(warnings).toMatchObject([{ code, needsConsent }]);
  });

  it('has its program started only by policy, and then by consent to the whole of it', () => {
    const user =
      'exec: { apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, "get token"], env: [{ name: AWS_PROFILE, value: hunter2 }] }';
    const text = config(SERVER, user);
    const only = (policy: CredentialPluginPolicy) => {
      const inspection = inspectUploaded(text, policy);
      return inspection.status === 'previewed' ? inspection.contexts[0] : undefined;
    };
    for (const policy of [
      { policy: 'AllowAll' },
      { policy: 'Allowlist', allowlist: ['aws'] },
    ] satisfies CredentialPluginPolicy[]) {
      expect(only(policy)).toMatchObject({
        refusals: [],
        warnings: [{ code: 'exec', needsConsent: true, field: 'users[u].user.exec' }],
      });
      const message = only(policy)?.warnings[0]?.message;
      expect(message).toContain('"aws" "eks" "get token"');
      expect(message).toContain('AWS_PROFILE');
      expect(message).not.toContain('hunter2');
      expect(acceptUploaded(text, 'x', policy)?.userBody.exec?.args).toEqual(['eks', 'get token']);
    }
    const other: CredentialPluginPolicy = { policy: 'Allowlist', allowlist: ['/usr/bin/aws'] };
    expect(only(other)?.refusals).toMatchObject([
      { code: 'exec', message: expect.stringMatching(/Allowlist, and the program “aws” is not on the list/) },
    ]);
    expect(acceptUploaded(text, 'x', other)).toBeUndefined();
  });

  it('keeps refusing, under every policy, what nobody can agree to', () => {
    const all: CredentialPluginPolicy = { policy: 'AllowAll' };
    const long = `exec: { command: aws, args: ["${'a'.repeat(5_000)}"] }`;
    expect(acceptUploaded(config(SERVER, long), 'x', all)).toBeUndefined();
    expect(acceptUploaded(config(SERVER, 'exec: { command: ./aws }'), 'x', all)).toBeUndefined();
    expect(acceptUploaded(config(SERVER, 'auth-provider: { name: gcp }'), 'x', all)).toBeUndefined();
  });

  it('does not repeat a URL that may hold a password', () => {
    const context = inspect('server: "https://admin:hunter2@one.test"');
    expect(JSON.stringify(context)).not.toContain('hunter2');
  });

  it('ends 10,000 mutated files in a named error or a valid preview', () => {
    const endings = new Map<string, number>();
    assert(
      property(integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
        const inspection = inspectUploaded(mutated(UPLOAD_SEEDS, seed));
        expect(flawOf(inspection)).toBeUndefined();
        const ending = inspection.status === 'refused' ? inspection.code : inspection.status;
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }),
      { numRuns: 10_000, seed: 20_261_129 },
    );
    // Both endings were really reached, so the mutations are neither harmless nor hopeless.
    expect(endings.get('previewed')).toBeGreaterThan(500);
    expect(endings.get('not-yaml')).toBeGreaterThan(100);
  }, 600_000);
});
