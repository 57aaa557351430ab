import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { PLUGIN_POLICIES, isAbsoluteCommand, isBareCommand } from '../../core/kubeconfig/plugin-policy.ts';
import type { CredentialPluginPolicy } from '../../core/kubeconfig/plugin-policy.ts';
import { LOG_LEVELS } from '../log.ts';
import { dataFolderOf } from './data-folder.ts';

const DEFAULT_PORT = 9081;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

const Port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port is a number from 0 to 65535; 0 takes any free one')
  .transform(Number)
  .refine((port) => port <= 65_535, 'a port is a number from 0 to 65535');
const Host = z.string().regex(/^[A-Za-z0-9.:_-]+$/, 'a host is a name or an address, without port');
const Folder = z.string().min(1, 'a folder must be named');
const Level = z.enum(LOG_LEVELS, { error: `a log level is one of ${LOG_LEVELS.join(', ')}` });
const World = z
  .string()
  .regex(/^[a-z0-9-]{1,100}$/, 'a world is named in lower case letters, digits and dashes');
const PolicyName = z.enum(PLUGIN_POLICIES, { error: `a policy is one of ${PLUGIN_POLICIES.join(', ')}` });
const PluginCommand = z
  .string()
  .regex(/\S/, 'a program must be named')
  .refine(
    (command) => isBareCommand(command) || isAbsoluteCommand(command),
    'a program is a bare name, or an absolute path; then only that exact path is allowed',
  );
const Names = z.string().transform((text) => text.split(',').filter((name) => name !== ''));

/** When the simulated connections are shown: `auto` is only where no kubeconfig context was found. */
export type SandboxMode = 'on' | 'off' | 'auto';

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  /** Names beside loopback the server may be called by. */
  readonly allowedHosts: readonly string[];
  readonly dataDir: string;
  readonly sandbox: SandboxMode;
  /** The simulated world to begin with; the sandbox’s own first one unless given. */
  readonly world: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Key of the vault, base64; a file in `dataDir` unless given. */
  readonly vaultKey: string | undefined;
  /** Names to try for the Docker host; undefined decides by whether this runs in a container. */
  readonly dockerHosts: readonly string[] | undefined;
  /** Programs that uploaded kubeconfigs may have started. */
  readonly credentialPlugins: CredentialPluginPolicy;
}

/** What was asked for cannot be understood: tell the message, exit with 2. */
export class UsageError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'UsageError';
  }
}

export const USAGE = `Usage: npm start -- [options]

  --port <number>        port to listen on; 0 takes a free one     (${DEFAULT_PORT}; MESHPLAY_PORT)
  --host <address>       address to listen on                      (127.0.0.1; MESHPLAY_HOST)
  --allowed-host <name>  a name browsers may call it by; repeat it (needed with another --host)
  --data-dir <folder>    where its state is kept                   (~/.meshplay-troubleshooter; MESHPLAY_DATA_DIR)
  --sandbox              show simulated connections
  --no-sandbox           never show them                           (shown only when no kubeconfig is found)
  --world <name>         the simulated world to begin with
  --log-level <level>    ${LOG_LEVELS.join(', ')}         (warn; MESHPLAY_LOG_LEVEL)
  --credential-plugin-policy <policy>
                         AllowAll, DenyAll or Allowlist: programs an uploaded kubeconfig may have started
                         for its credentials                       (DenyAll; MESHPLAY_CREDENTIAL_PLUGIN_POLICY)
  --credential-plugin-allowlist <command>
                         a program of the Allowlist, by bare name or absolute path; repeat it
                                                                   (MESHPLAY_CREDENTIAL_PLUGIN_ALLOWLIST, with commas)
  --help                 show this

Kubeconfigs are looked for in KUBECONFIG, ~/.kube/config and the service account of the pod.
MESHPLAY_KEY (32 bytes, base64) seals saved credentials; without it a key file is made in the data folder.
`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'allowed-host': { type: 'string', multiple: true },
  'data-dir': { type: 'string' },
  sandbox: { type: 'boolean' },
  'no-sandbox': { type: 'boolean' },
  world: { type: 'string' },
  'log-level': { type: 'string' },
  'credential-plugin-policy': { type: 'string' },
  'credential-plugin-allowlist': { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** True when only this machine can call the server that listens there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

/** Reads flags first, then the environment. Gives `help` when that was asked for. Throws `UsageError` naming the flag. */
export function readConfig(args: readonly string[], env: Environment): ServerConfig | 'help' {
  const flags = readFlags(args);
  if (flags.help === true) return 'help';
  const host = check(Host, '--host', flags.host ?? env['MESHPLAY_HOST'] ?? '127.0.0.1');
  const allowedHosts = (flags['allowed-host'] ?? []).map((name) =>
    check(Host, '--allowed-host', name).toLowerCase(),
  );
  if (!isLoopback(host) && allowedHosts.length === 0) {
    throw new UsageError(
      `--host ${host} makes the server reachable from other machines, and whoever reaches it may act on your clusters. ` +
        'Say by which name it may be called: add --allowed-host <name>.',
    );
  }
  if (flags.sandbox === true && flags['no-sandbox'] === true) {
    throw new UsageError('--sandbox and --no-sandbox contradict each other.');
  }
  if (flags['no-sandbox'] === true && flags.world !== undefined) {
    throw new UsageError('--world needs the sandbox: leave out --no-sandbox.');
  }
  const dataDir = flags['data-dir'] ?? dataFolderOf(env);
  const dockerHosts = env['MESHPLAY_DOCKER_HOSTS'];
  return {
    host,
    port: check(Port, '--port', flags.port ?? env['MESHPLAY_PORT'] ?? String(DEFAULT_PORT)),
    allowedHosts,
    dataDir: resolve(check(Folder, '--data-dir', dataDir)),
    sandbox: sandboxMode(flags),
    world: flags.world === undefined ? undefined : check(World, '--world', flags.world),
    logLevel: check(Level, '--log-level', flags['log-level'] ?? env['MESHPLAY_LOG_LEVEL'] ?? 'warn'),
    vaultKey: env['MESHPLAY_KEY'],
    dockerHosts: dockerHosts === undefined ? undefined : check(Names, 'MESHPLAY_DOCKER_HOSTS', dockerHosts),
    credentialPlugins: pluginPolicy(flags, env),
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('. ')[0] : String(cause);
    throw new UsageError(`${message}.`, cause);
  }
}

/** Throws `UsageError` for a list without the policy that reads it, and for that policy without a list. */
function pluginPolicy(flags: ReturnType<typeof readFlags>, env: Environment): CredentialPluginPolicy {
  const name = flags['credential-plugin-policy'] ?? env['MESHPLAY_CREDENTIAL_PLUGIN_POLICY'] ?? 'DenyAll';
  const policy = check(PolicyName, '--credential-plugin-policy', name);
  const listed = env['MESHPLAY_CREDENTIAL_PLUGIN_ALLOWLIST'] ?? '';
  const entries = flags['credential-plugin-allowlist'] ?? Names.parse(listed).map((entry) => entry.trim());
  const allowlist = entries.map((entry) => check(PluginCommand, '--credential-plugin-allowlist', entry));
  if (policy === 'Allowlist') {
    if (allowlist.length > 0) return { policy, allowlist };
    throw new UsageError(
      '--credential-plugin-policy Allowlist allows nothing without a list. ' +
        'Name each program with --credential-plugin-allowlist <command>, or leave the policy at DenyAll.',
    );
  }
  if (allowlist.length === 0) return { policy };
  throw new UsageError(
    `--credential-plugin-allowlist is read only with --credential-plugin-policy Allowlist, and the policy is ${policy}.`,
  );
}

/** Naming a world asks for the sandbox. */
function sandboxMode(flags: { sandbox?: boolean; 'no-sandbox'?: boolean; world?: string }): SandboxMode {
  if (flags['no-sandbox'] === true) return 'off';
  return flags.sandbox === true || flags.world !== undefined ? 'on' : 'auto';
}

function check<T extends z.ZodType>(schema: T, flag: string, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]?.message ?? 'it cannot be read';
  throw new UsageError(`${flag} ${JSON.stringify(value)} is not valid: ${issue}.`, parsed.error);
}
