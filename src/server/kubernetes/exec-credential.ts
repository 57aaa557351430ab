import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ExecBody } from '../../core/kubeconfig/document.ts';
import type { Endpoint } from './endpoint.ts';
import { clusterError, withoutSecrets } from './failure.ts';

/** What a credential plugin gave. */
export interface ExecCredential {
  readonly token: string | undefined;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  readonly expiresAtMs: number | undefined;
}

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const OUTPUT_MAX_BYTES = 1_048_576;

const Output = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

/**
 * Finds the program of a plugin: on PATH by its bare name, relative to the kubeconfig’s folder where it has a slash.
 * Undefined when there is none that may be executed.
 */
export async function findProgram(
  command: string,
  folder: string,
  searchPath: string,
): Promise<string | undefined> {
  const places = /[/\\]/.test(command)
    ? [path.resolve(folder, command)]
    : searchPath
        .split(path.delimiter)
        .filter((entry) => entry !== '')
        .map((entry) => path.join(entry, command));
  for (const place of places) {
    try {
      await access(place, constants.X_OK);
      return place;
    } catch {
      // Not there, or not for us: the next place.
    }
  }
  return undefined;
}

/** Says why a plugin cannot be used at all, before it is run; undefined when it can be tried. */
export function execObjection(exec: ExecBody, user: string): string | undefined {
  if (!API_VERSIONS.includes(exec.apiVersion ?? '')) {
    return `users[${user}].user.exec.apiVersion must be ${API_VERSIONS.join(' or ')}. Update the kubeconfig with a newer version of the tool that wrote it.`;
  }
  if (exec.interactiveMode === 'Always') {
    return `The program “${exec.command}” of user “${user}” asks a person at a terminal, and there is none here. Use a service account’s token instead.`;
  }
  return undefined;
}

export function execMissing(exec: ExecBody): string {
  const hint = withoutSecrets(exec.installHint ?? '');
  return `The program “${exec.command}” that gives the credentials is not installed here.${hint === '' ? ' Install it, or use a service account’s token instead.' : ` ${hint}`}`;
}

/**
 * Runs a credential plugin and reads what it gives. Never through a shell. Only for kubeconfigs on this machine’s
 * disk, and for an uploaded one whose program the credential plugin policy allows (`createUploadGate`).
 * Throws `ClusterError` of kind `exec-missing` or `exec-failed`.
 * Source: kubernetes.io, “client-go credential plugins”.
 */
export async function runExec(
  exec: ExecBody,
  folder: string,
  endpoint: Endpoint,
  options: { timeoutMs: number; env: Readonly<Record<string, string | undefined>> },
): Promise<ExecCredential> {
  const program = await findProgram(exec.command, folder, options.env['PATH'] ?? '');
  if (program === undefined) throw clusterError('exec-missing', execMissing(exec));
  const info = {
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo === true ? { cluster: clusterInfo(endpoint) } : {}),
    },
  };
  const own = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const text = await output(
    program,
    exec,
    { ...options.env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    options.timeoutMs,
  );
  return readOutput(text, exec);
}

function clusterInfo(endpoint: Endpoint): object {
  return {
    server: endpoint.server,
    ...(endpoint.authority === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(endpoint.authority).toString('base64') }),
    ...(endpoint.serverName === undefined ? {} : { 'tls-server-name': endpoint.serverName }),
    ...(endpoint.isTlsVerified ? {} : { 'insecure-skip-tls-verify': true }),
    ...(endpoint.proxyUrl === undefined ? {} : { 'proxy-url': endpoint.proxyUrl }),
  };
}

function output(program: string, exec: ExecBody, env: NodeJS.ProcessEnv, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, exec.args ?? [], {
      env,
      shell: false,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written: Buffer[] = [];
    let writtenBytes = 0;
    let complaint = '';
    let why: string | undefined;
    const stop = (reason: string) => {
      why ??= reason;
      child.kill('SIGKILL');
      // A grandchild that kept the pipes would hold the promise open.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(() => stop(`did not end within ${timeoutMs / 1000} seconds`), timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      writtenBytes += chunk.length;
      if (writtenBytes > OUTPUT_MAX_BYTES) stop('wrote far more than credentials');
      else written.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < 2_000) complaint += chunk.toString('utf8');
    });
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(
        clusterError(
          'exec-failed',
          `The program “${exec.command}” that gives the credentials could not be started.`,
          { cause },
        ),
      );
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (why === undefined && code === 0) {
        resolve(Buffer.concat(written).toString('utf8'));
        return;
      }
      const said = withoutSecrets(complaint);
      const ended = why ?? `ended with ${code ?? 'a signal'}`;
      reject(
        clusterError(
          'exec-failed',
          `The program “${exec.command}” that gives the credentials ${ended}.${said === '' ? '' : ` It says: ${said}`}`,
        ),
      );
    });
  });
}

function readOutput(text: string, exec: ExecBody): ExecCredential {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The cause would quote what was written, which may be a token.
    throw clusterError('exec-failed', `The program “${exec.command}” did not write an ExecCredential.`);
  }
  const parsed = Output.safeParse(value);
  if (!parsed.success)
    throw clusterError('exec-failed', `The program “${exec.command}” did not write an ExecCredential.`);
  const { status, apiVersion } = parsed.data;
  if (apiVersion !== exec.apiVersion) {
    throw clusterError(
      'exec-failed',
      `The program “${exec.command}” speaks another version than the kubeconfig asks for. Update one of the two.`,
    );
  }
  const { clientCertificateData: cert, clientKeyData: key } = status;
  if ((status.token ?? '') === '' && (cert === undefined || key === undefined)) {
    throw clusterError(
      'exec-failed',
      `The program “${exec.command}” gave neither a token nor a client certificate.`,
    );
  }
  const expiresAtMs =
    status.expirationTimestamp === undefined ? Number.NaN : Date.parse(status.expirationTimestamp);
  return {
    token: status.token,
    certificate: cert === undefined || key === undefined ? undefined : { cert, key },
    expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
  };
}
