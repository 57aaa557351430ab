import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asset } from './assets.ts';
import { createKubeApi, type KubeApi } from './kube-api.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { freePort, onFreePort } from './ports.ts';
import { type Child, startChild } from './process.ts';

const CONTROLLERS =
  '*,-nodelifecycle,-cloud-node-lifecycle,-route,-service,-ttl,-csrsigning,-csrapproving,-csrcleaner,-bootstrapsigner,-tokencleaner';

/** Users of tokens.csv: two of full power, two that may do nothing until a test binds a role to them. */
const TOKENS = {
  admin: 'admin-token-of-the-test-cluster',
  secondAdmin: 'second-admin-token-of-the-test-cluster',
  viewer: 'viewer-token-of-the-test-cluster',
  stranger: 'stranger-token-of-the-test-cluster',
} as const;
const TOKENS_CSV = [
  `${TOKENS.admin},admin,admin,"system:masters"`,
  `${TOKENS.secondAdmin},second-admin,second-admin,"system:masters"`,
  `${TOKENS.viewer},viewer,viewer`,
  `${TOKENS.stranger},stranger,stranger`,
].join('\n');

export interface ControlPlane {
  /** `https://127.0.0.1:PORT`, the same after every restart. */
  readonly server: string;
  /** PEM of the certificate authority, base64: `certificate-authority-data`. */
  readonly caData: string;
  readonly adminToken: string;
  readonly tokens: typeof TOKENS;
  /** One context, `test`, of the full-power user. */
  readonly kubeconfigPath: string;
  /** The API server’s own certificate and key: stand-ins serve TLS on loopback with them. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** By the full-power user. */
  readonly api: KubeApi;
  /** A folder that goes when the control plane stops. */
  readonly folder: string;
  /** Stops the API server’s process where it is: sockets stay open, nothing is answered. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Ends the API server at once, as a crash would. */
  stopApi(): Promise<void>;
  /** Starts it again on the same port over the same etcd; resolves when `/readyz` answers 200. */
  startApi(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts etcd, kube-apiserver and (unless told otherwise) kube-controller-manager on loopback; about five seconds. */
export async function startControlPlane(
  options: { withControllerManager?: boolean } = {},
): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'control-plane-'));
  const children: Child[] = [];
  try {
    const certificates = join(folder, 'certificates');
    await mkdir(certificates);
    const keyFile = join(folder, 'sa.key');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(keyFile, privateKey.export({ type: 'pkcs1', format: 'pem' }));
    const tokenFile = join(folder, 'tokens.csv');
    await writeFile(tokenFile, `${TOKENS_CSV}\n`);

    const etcdUrl = await startEtcd(folder, children);
    const serverAt = (port: number) => `https://127.0.0.1:${port}`;
    const startApiServer = (port: number) =>
      startChild({
        name: 'kube-apiserver',
        command: asset('kube-apiserver'),
        args: [
          `--etcd-servers=${etcdUrl}`,
          `--cert-dir=${certificates}`,
          `--secure-port=${port}`,
          '--bind-address=127.0.0.1',
          '--service-cluster-ip-range=127.96.0.0/16',
          '--service-account-issuer=https://kubernetes.default.svc',
          `--service-account-key-file=${keyFile}`,
          `--service-account-signing-key-file=${keyFile}`,
          `--token-auth-file=${tokenFile}`,
          '--authorization-mode=RBAC',
          '--disable-admission-plugins=ServiceAccount',
          '--allow-privileged',
        ],
        async ready() {
          const ca = await readFile(join(certificates, 'apiserver.crt'), 'utf8');
          const probe = createKubeApi({ server: serverAt(port), ca, token: TOKENS.admin });
          try {
            return (await probe.request('GET', '/readyz')) === 'ok';
          } finally {
            probe.close();
          }
        },
        readyTimeoutMs: 90_000,
      });
    const { port, ...started } = await onFreePort(async (chosen) => ({
      port: chosen,
      child: await startApiServer(chosen),
    }));
    const server = serverAt(port);
    let apiServer = started.child;
    children.push(apiServer);
    const ca = await readFile(join(certificates, 'apiserver.crt'), 'utf8');
    const caData = Buffer.from(ca).toString('base64');
    const kubeconfigPath = await writeKubeconfig({
      folder,
      contexts: [{ name: 'test', server, caData, token: TOKENS.admin }],
    });
    const api = createKubeApi({ server, ca, token: TOKENS.admin });
    if (options.withControllerManager !== false)
      children.push(await startControllerManager(kubeconfigPath, keyFile));
    return {
      server,
      caData,
      adminToken: TOKENS.admin,
      tokens: TOKENS,
      kubeconfigPath,
      tls: { cert: ca, key: await readFile(join(certificates, 'apiserver.key'), 'utf8') },
      api,
      folder,
      freeze: () => apiServer.freeze(),
      thaw: () => apiServer.thaw(),
      stopApi: () => apiServer.kill(),
      async startApi() {
        apiServer = await startApiServer(port);
        children.push(apiServer);
      },
      async stop() {
        api.close();
        await Promise.all(children.map((child) => child.kill()));
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await Promise.all(children.map((child) => child.kill()));
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function startEtcd(folder: string, children: Child[]): Promise<string> {
  return onFreePort((port) => startEtcdAt(`http://127.0.0.1:${port}`, folder, children));
}

async function startEtcdAt(url: string, folder: string, children: Child[]): Promise<string> {
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  const etcd = await startChild({
    name: 'etcd',
    command: asset('etcd'),
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      '--unsafe-no-fsync',
    ],
    ready: async () => (await fetch(`${url}/health`)).ok,
  });
  children.push(etcd);
  return url;
}

function startControllerManager(kubeconfigPath: string, keyFile: string): Promise<Child> {
  return onFreePort((port) => startControllerManagerAt(port, kubeconfigPath, keyFile));
}

function startControllerManagerAt(port: number, kubeconfigPath: string, keyFile: string): Promise<Child> {
  return startChild({
    name: 'kube-controller-manager',
    command: asset('kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfigPath}`,
      `--service-account-private-key-file=${keyFile}`,
      '--use-service-account-credentials',
      `--controllers=${CONTROLLERS}`,
      '--bind-address=127.0.0.1',
      '--secure-port=0',
      `--port=${port}`,
      '--address=127.0.0.1',
      // It must outlive an API server that is stopped on purpose; a lost lease would end it.
      '--leader-elect=false',
      '--concurrent-deployment-syncs=2',
    ],
    ready: async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok,
  });
}
