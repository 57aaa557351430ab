import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createSandbox } from '../sandbox/index.ts';
import { DataIntake } from '../services/data/intake.ts';
import { DataService } from '../services/data/data-service.ts';
import { createHandlers } from '../services/handlers.ts';
import { createDatabaseHandlers } from '../services/handlers/database.ts';
import { createLifecycleHandlers } from '../services/handlers/lifecycle.ts';
import { createResourceHandlers } from '../services/handlers/resource.ts';
import { createUploadHandlers } from '../services/handlers/upload.ts';
import { createLifecycle } from '../services/lifecycle/lifecycle.ts';
import type { KubeconfigSource, Log, Ports, SandboxControl } from '../services/ports.ts';
import { createServices } from '../services/services.ts';
import { sandboxGate } from '../services/uploads/sandbox-gate.ts';
import { UploadStore, withUploads } from '../services/uploads/upload-store.ts';
import { createUploads } from '../services/uploads/uploads.ts';
import type { Dispatcher } from '../services/transport/dispatch.ts';
import { createDispatcher } from '../services/transport/dispatch.ts';
import { createWorkbench } from '../services/workbench.ts';
import { systemClock } from './config/clock.ts';
import { Closers } from './config/closers.ts';
import { compositeBrokers, compositeKubeconfigs } from './config/composite.ts';
import type { ServerConfig } from './config/config.ts';
import { isLoopback, UsageError } from './config/config.ts';
import { productVersion } from './config/version.ts';
import { startVitals } from './config/vitals.ts';
import { buildApp } from './http/app.ts';
import { readPageFolder } from './http/page-folder.ts';
import { createKubeconfigSource } from './kubernetes/kubeconfig-source.ts';
import { createLogger } from './log.ts';
import { createBrokerConnector } from './nats/connector.ts';
import { createNetworkProbe } from './network/network-probe.ts';
import { createPlaceProbe } from './place-probe.ts';
import { openStateDatabase } from './state/database.ts';
import { takeFolder } from './state/owner.ts';
import type { Owner } from './state/owner.ts';
import { createVault } from './state/vault.ts';
import { SqliteStore } from './storage/sqlite-store.ts';
import { createUploadGate } from './uploads/upload-gate.ts';

const PAGE_FOLDER = join(import.meta.dirname, '../../dist/page');
export const KEY_FILE = 'vault.key';
const DOCKER_HOSTS = ['host.docker.internal', 'host.containers.internal'];
/** Docker and Podman mark the inside of a container with these. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

type Environment = Readonly<Record<string, string | undefined>>;

/** The server with everything behind it running, but not listening. */
export interface AssembledServer {
  readonly app: FastifyInstance;
  readonly dispatch: Dispatcher;
  /** What a person should know about this start, a sentence each. */
  readonly notices: readonly string[];
  /** Tells other processes of this data folder where this server answers. */
  announce(url: string): void;
  /** Stops everything that was started, last first. */
  close(): Promise<void>;
}

/** What this process is to others that want the same data folder. */
export interface Holder {
  readonly kind: Owner['kind'];
  /** Where the key of the vault is, when not in the data folder. */
  readonly keyFile?: string;
}

/**
 * Makes every part by hand and starts it. `writeLog` gets the log, a JSON line a call. Throws `UsageError` for a
 * world that does not exist, `OwnedError` when another process has the data folder, and `ApiError` when the state
 * database cannot be opened; whatever was started before is stopped again.
 */
export async function assembleServer(
  config: ServerConfig,
  env: Environment,
  writeLog: (line: string) => void,
  holder: Holder = { kind: 'server' },
): Promise<AssembledServer> {
  const closers = new Closers();
  try {
    return await assemble(config, env, writeLog, holder, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function assemble(
  config: ServerConfig,
  env: Environment,
  writeLog: (line: string) => void,
  holder: Holder,
  closers: Closers,
): Promise<AssembledServer> {
  const clock = systemClock;
  const logger = createLogger(config.logLevel, writeLog);
  const log: Log = logger;
  const notices: string[] = [];

  const real = createKubeconfigSource({ env, homedir: env['HOME'] ?? homedir(), now: clock.now });
  const sandbox = createSandbox({
    clock,
    seed: 1,
    onError: (err) => log.error({ err }, 'the simulated world made a mistake'),
  });
  closers.add(sandbox.close);
  await enterWorld(config, real, sandbox.control);

  const ownership = takeFolder(config.dataDir, {
    kind: holder.kind,
    startedAt: new Date(clock.now()).toISOString(),
  });
  closers.add(ownership.release);
  const database = openStateDatabase(join(config.dataDir, 'state.db'), clock.now);
  closers.add(database.close);
  if (database.setAside !== undefined) {
    notices.push(
      `The state database was damaged. It was set aside as ${database.setAside}, and a new one was begun.`,
    );
  }
  const store = await SqliteStore.open(join(config.dataDir, 'cache.db'));
  closers.add(() => store.close());
  const intake = new DataIntake({ store, clock, log });

  const key = {
    keyFromEnvironment: config.vaultKey,
    keyFile: holder.keyFile ?? join(config.dataDir, KEY_FILE),
  };
  const vault = createVault(key);
  const gate = createUploadGate({
    now: clock.now,
    isServerLocal: isLoopback(config.host),
    pluginPolicy: config.credentialPlugins,
    env,
  });
  const uploaded = new UploadStore({
    clock,
    log,
    state: database.store,
    vault,
    gate: sandboxGate(sandbox.kubeconfigs, gate),
    pluginPolicy: config.credentialPlugins,
  });

  const services = createServices({
    clock,
    log,
    kubeconfigs: withUploads(compositeKubeconfigs(real, sandbox.kubeconfigs), uploaded),
    brokers: compositeBrokers(createBrokerConnector(log), sandbox),
    network: createNetworkProbe(),
    place: createPlaceProbe({ dataDir: config.dataDir, key, listener: () => listenerOf(app) }),
    state: sandbox.remembering(database.store),
    intake,
    sandbox: config.sandbox === 'off' ? undefined : sandbox.control,
    environment: environmentOf(config, env, closers),
  });
  const data = new DataService({ store, intake, connections: services.registry, clock, log });
  const workbench = createWorkbench(services, data, data);
  const { registry, events } = services;
  const lifecycle = createLifecycle({
    registry,
    uploads: uploaded,
    operations: workbench.operations,
    events,
    state: database.store,
    log,
    clearRows: (uid) => store.clear(uid),
  });
  workbench.onOperation((operation) => lifecycle.operationChanged(operation));
  const handlers = createHandlers(services, {
    ...createDatabaseHandlers(data),
    ...createResourceHandlers(data),
    ...createUploadHandlers(createUploads({ clock, registry, store: uploaded, events }), registry),
    ...createLifecycleHandlers(lifecycle),
    ...workbench.handlers,
  });

  const page = readPageFolder(PAGE_FOLDER);
  if (page === undefined) notices.push('The page has not been built: run `npm run build`, then start again.');
  const dispatch = createDispatcher(
    handlers,
    (name, params, query) =>
      workbench.versionOf(name, params) ??
      data.versionOf(name, params, query) ??
      services.versionOf(name, params),
  );
  const app = buildApp({
    dispatch,
    page,
    allowedHosts: config.allowedHosts,
    version: productVersion,
    logger,
  });

  closers.add(() => services.close());
  await services.start();
  closers.add(() => data.close());
  data.start();
  closers.add(() => workbench.close());
  await workbench.start();
  closers.add(() => lifecycle.close());
  await lifecycle.start();
  closers.add(() => app.close());
  return { app, dispatch, notices, announce: ownership.announce, close: () => closers.close() };
}

/** Undefined while it does not listen, and for a process that never does. */
function listenerOf(app: ReturnType<typeof buildApp>): { host: string; port: number } | undefined {
  const address = app.server.address();
  return address === null || typeof address === 'string'
    ? undefined
    : { host: address.address, port: address.port };
}

function environmentOf(config: ServerConfig, env: Environment, closers: Closers): Ports['environment'] {
  const vitals = startVitals();
  closers.add(vitals.close);
  const isInContainer = CONTAINER_MARKS.some((mark) => existsSync(mark));
  return {
    version: productVersion,
    runtime: `Node ${process.versions.node}`,
    isInCluster: env['KUBERNETES_SERVICE_HOST'] !== undefined,
    isOffline: false,
    dockerHosts: config.dockerHosts ?? (isInContainer ? DOCKER_HOSTS : []),
    vitals: vitals.read,
  };
}

/** Whoever has a kubeconfig came for it; everyone else should see something work. */
async function enterWorld(
  config: ServerConfig,
  real: KubeconfigSource,
  control: SandboxControl,
): Promise<void> {
  const names = control.worlds.map(({ name }) => name);
  const world = config.world ?? names[0];
  if (world === undefined || config.sandbox === 'off') return;
  if (!names.includes(world)) {
    throw new UsageError(`--world ${world} does not exist. Choose one of ${names.join(', ')}.`);
  }
  if (config.sandbox === 'auto' && (await real.discover()).contexts.length > 0) return;
  control.enter(world);
}
