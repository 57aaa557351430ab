import type { AccessQuestion, ClusterApi } from '../../ports.ts';
import { ClusterError } from '../../ports.ts';
import type { Outcome } from '../engine.ts';
import { judgeCertificate } from './certificate.ts';
import { judgeProxy } from './proxy.ts';
import { type CheckScene, fail, pass, skip, warn, type SuiteCheck } from './scene.ts';

const SLOW_MS = 1000;
/** What is issued here may be “not valid yet” there from about so much on. */
const SKEW_MS = 30_000;
/** Server-side apply, on which every repair rests, is stable from here. */
const OLDEST_MINOR = 20;
/** A minor version gets fixes for fourteen months; below this one they have ended (late 2026). */
const OLDEST_SUPPORTED_MINOR = 35;

const NO_STEPS = 'the steps of the way to this cluster cannot be looked at one by one';

type Question = AccessQuestion & { readonly why: string };

/** Permissions by what they are for (domain.md 11.6). */
const WATCH: readonly Question[] = [
  ...['deployments', 'statefulsets'].map((resource) => ({
    verb: 'watch',
    group: 'apps',
    resource,
    why: 'see the workloads',
  })),
  ...['pods', 'services', 'events'].map((resource) => ({
    verb: 'watch',
    group: '',
    resource,
    why: 'see what runs',
  })),
  { verb: 'get', group: '', resource: 'namespaces', name: 'kube-system', why: 'know which cluster it is' },
  {
    verb: 'watch',
    group: 'apiextensions.k8s.io',
    resource: 'customresourcedefinitions',
    why: 'see which family is installed',
  },
  { verb: 'get', group: '', resource: 'secrets', why: 'read the Broker’s token' },
];
const INSTALL: readonly Question[] = [
  { verb: 'create', group: '', resource: 'namespaces', why: 'install' },
  { verb: 'create', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', why: 'install' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterroles', why: 'install' },
  {
    verb: 'escalate',
    group: 'rbac.authorization.k8s.io',
    resource: 'clusterroles',
    why: 'grant MeshSync what it reads',
  },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings', why: 'install' },
  { verb: 'patch', group: 'apps', resource: 'deployments', why: 'install' },
  { verb: 'create', group: '', resource: 'serviceaccounts', why: 'install' },
];
const FORWARD: readonly Question[] = [
  { verb: 'get', group: '', resource: 'pods', why: 'find the Broker’s pod' },
  {
    verb: 'create',
    group: '',
    resource: 'pods',
    subresource: 'portforward',
    why: 'reach the Broker through the API server',
  },
];

/** The Kubernetes context, step by step from the kubeconfig to the permissions. */
export function kubernetesChecks(scene: CheckScene): SuiteCheck[] {
  const { target } = scene;
  const evidence = target.evidence();
  const address = addressOf(evidence.server);
  const way = target.api()?.way;
  /** Where there is a proxy, it resolves and dials: what this machine could do by itself says nothing. */
  const proxy = way?.proxy;
  const base = { suite: 'kubernetes', hop: 'kubernetes', timeoutMs: 5000 } as const;
  const api = (): ClusterApi => {
    const found = target.api();
    if (found === undefined) throw new Error('there is no way into this cluster');
    return found;
  };
  const permissions = (
    id: 'may-watch' | 'may-install' | 'may-forward',
    title: string,
    questions: readonly Question[],
    isNeeded: boolean,
  ): SuiteCheck => ({
    ...base,
    id: `kubernetes-${id}`,
    title,
    needs: ['kubernetes-authentication'],
    run: (signal) => askPermissions(api(), questions, isNeeded, signal),
  });
  return [
    {
      ...base,
      id: 'kubernetes-kubeconfig',
      title: 'The kubeconfig entry can be used',
      needs: [],
      run: () => {
        const way = target.view().waysIn.find((one) => one.isInUse) ?? target.view().waysIn[0];
        if (way === undefined)
          return Promise.resolve(
            fail('there is no way into this cluster', { remedy: 'Add a kubeconfig for it.' }),
          );
        if (way.problem !== undefined && target.api() === undefined) {
          return Promise.resolve(
            fail(way.problem.message, {
              remedy: 'Mend the kubeconfig entry, then rediscover; or upload another.',
            }),
          );
        }
        return Promise.resolve(pass(`context ${way.context} of ${way.source}`));
      },
    },
    {
      ...base,
      id: 'kubernetes-proxy',
      title: 'Its proxy leads to the API server',
      needs: ['kubernetes-kubeconfig'],
      run: (signal) => judgeProxy(way, signal),
    },
    {
      ...base,
      id: 'kubernetes-dns',
      title: 'The API server’s name resolves',
      needs: ['kubernetes-kubeconfig'],
      run: async (signal) => {
        if (address === undefined)
          return fail(`“${evidence.server}” is not a URL`, {
            remedy: 'Mend cluster.server in the kubeconfig.',
          });
        if (way === undefined) return skip(NO_STEPS);
        if (proxy !== undefined) return skip(`the proxy ${proxy} resolves it, not this machine`);
        if (address.isLiteral) return pass(`${address.host} is an address`);
        const found = await way.resolve(signal);
        return pass(`${address.host} is ${found.join(', ')}`);
      },
    },
    {
      ...base,
      id: 'kubernetes-tcp',
      title: 'Its port accepts connections',
      needs: [proxy === undefined ? 'kubernetes-dns' : 'kubernetes-proxy'],
      run: async (signal) => {
        if (way === undefined || address === undefined) return skip(NO_STEPS);
        const through = proxy === undefined ? '' : `, through the proxy ${proxy}`;
        return pass(`port ${address.port} answered in ${Math.round(await way.dial(signal))} ms${through}`);
      },
    },
    {
      ...base,
      id: 'kubernetes-tls',
      title: 'Its certificate is valid',
      needs: ['kubernetes-tcp'],
      run: async (signal) => {
        if (way === undefined || address === undefined) return skip(NO_STEPS);
        if (!address.isTls)
          return warn('the connection is not encrypted', {
            remedy: 'Use the https address of the API server.',
          });
        const { host } = address;
        const { isTlsVerified: isVerified } = evidence;
        return judgeCertificate(await way.shakeHands(signal), { nowMs: scene.clock.now(), host, isVerified });
      },
    },
    {
      ...base,
      id: 'kubernetes-answers',
      title: 'The API server answers',
      // Where the steps cannot be told apart, this check stands on the kubeconfig alone.
      needs: [way === undefined ? 'kubernetes-kubeconfig' : 'kubernetes-tls'],
      run: async (signal) => {
        try {
          const health = await api().health('livez', signal);
          if (!health.isOk)
            return fail(`/livez says no: ${health.failing.join(', ')}`, {
              remedy: 'Look at the control plane of this cluster.',
            });
          const skew = skewOf(health, scene.clock.now());
          if (skew !== undefined)
            return warn(`it answers, and its clock is ${skew} the one of this machine`, {
              remedy: 'Set both clocks by NTP: tokens and certificates are valid by them.',
            });
          return health.latencyMs > SLOW_MS
            ? warn(`it answers, but slowly: ${Math.round(health.latencyMs)} ms`)
            : pass(`/livez in ${Math.round(health.latencyMs)} ms`);
        } catch (error) {
          // A refusal is an answer; whether the identity is known is asked by itself.
          if (
            error instanceof ClusterError &&
            (error.failure.kind === 'unauthorized' || error.failure.kind === 'forbidden')
          )
            return pass('it answers, though not to this identity');
          throw error;
        }
      },
    },
    {
      ...base,
      id: 'kubernetes-ready',
      title: 'The API server is ready',
      needs: ['kubernetes-authentication'],
      run: async (signal) => {
        const health = await api().health('readyz', signal);
        return health.isOk
          ? pass('/readyz: every check passes')
          : warn(`/readyz fails: ${health.failing.join(', ')}`);
      },
    },
    {
      ...base,
      id: 'kubernetes-version',
      title: 'Its version is supported',
      needs: ['kubernetes-authentication'],
      run: async (signal) => judgeVersion(await api().version(signal)),
    },
    {
      ...base,
      id: 'kubernetes-authentication',
      title: 'The credentials are accepted',
      needs: ['kubernetes-answers'],
      run: async (signal) => {
        try {
          await api().mayI({ verb: 'get', group: '', resource: 'pods' }, signal);
          return pass('the API server knows this identity');
        } catch (error) {
          if (!(error instanceof ClusterError)) throw error;
          if (error.failure.kind === 'unauthorized')
            return fail(error.failure.message, {
              remedy: 'The token or certificate has expired or was revoked: replace the credentials.',
            });
          if (error.failure.kind === 'forbidden')
            return warn('it may not ask for its own permissions; they are found out by trying');
          throw error;
        }
      },
    },
    permissions('may-watch', 'It may watch Operator, MeshSync and Broker', WATCH, true),
    permissions('may-install', 'It may install', INSTALL, false),
    permissions('may-forward', 'It may forward ports', FORWARD, false),
  ];
}

/** By how much its clock differs, in words; undefined where it is told no more exactly than it differs. */
function skewOf(
  { timeMs, latencyMs }: { timeMs?: number; latencyMs: number },
  nowMs: number,
): string | undefined {
  if (timeMs === undefined) return undefined;
  const aheadMs = timeMs - nowMs;
  if (Math.abs(aheadMs) < SKEW_MS + latencyMs) return undefined;
  return `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
}

function addressOf(
  server: string,
): { host: string; port: number; isTls: boolean; isLiteral: boolean } | undefined {
  if (!URL.canParse(server)) return undefined;
  const url = new URL(server);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  return { host, port, isTls, isLiteral: /^[0-9.]+$/.test(host) || host.includes(':') };
}

function judgeVersion(version: string): Outcome {
  const minor = Number(/^v1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  if (Number.isNaN(minor)) return warn(`${version}: not a version this product knows`);
  if (minor < OLDEST_MINOR)
    return fail(`${version} is older than v1.${OLDEST_MINOR}, the oldest this product works with`, {
      remedy: 'Upgrade the cluster.',
    });
  if (minor < OLDEST_SUPPORTED_MINOR) return warn(`${version} works, but gets no fixes any more`);
  return pass(version);
}

async function askPermissions(
  api: ClusterApi,
  questions: readonly Question[],
  isNeeded: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  const answers = await Promise.all(
    questions.map(async (question) => ({ question, ...(await api.mayI(question, signal)) })),
  );
  const missing = answers.filter((one) => !one.isAllowed).map((one) => one.question);
  if (missing.length === 0) return pass(`all ${questions.length} permissions are there`);
  const evidence = missing.map((one) => `missing: ${one.verb} ${words(one)}, to ${one.why}`);
  const extra = {
    evidence,
    command: roleFor(missing),
    remedy: 'Bind this Role to the identity, or use other credentials.',
  };
  const observed = `${missing.length} of ${questions.length} permissions are missing: ${missing.map((one) => `${one.verb} ${words(one)}`).join(', ')}`;
  return isNeeded ? fail(observed, extra) : warn(observed, extra);
}

function words(question: AccessQuestion): string {
  const resource =
    question.subresource === undefined ? question.resource : `${question.resource}/${question.subresource}`;
  return question.group === '' ? resource : `${resource}.${question.group}`;
}

/** A ClusterRole with exactly what is missing, ready for `kubectl apply -f -`. */
function roleFor(missing: readonly AccessQuestion[]): string {
  const rules = missing.map((one) => {
    const resource = one.subresource === undefined ? one.resource : `${one.resource}/${one.subresource}`;
    const verbs = one.verb === 'watch' ? 'get, list, watch' : one.verb;
    return `- apiGroups: ["${one.group}"]\n  resources: ["${resource}"]\n  verbs: [${verbs}]`;
  });
  return `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: meshplay-troubleshooter-missing\nrules:\n${rules.join('\n')}\n`;
}
