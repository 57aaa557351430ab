import { UPLOAD_LIMITS, parseKubeconfig } from './document.ts';
import type { ExecBody, FieldProblem, FileProblemCode } from './document.ts';
import { judgeAddress } from './address.ts';
import type { AddressVerdict } from './address.ts';
import { mergeKubeconfigs } from './merge.ts';
import { DENY_ALL_PLUGINS, explainPlugin, judgePlugin } from './plugin-policy.ts';
import type { CredentialPluginPolicy } from './plugin-policy.ts';
import { parseServer, resolveContexts } from './resolve.ts';
import type { ResolvedContext } from './resolve.ts';

/** What a person can still read before agreeing to it. */
const MAX_PROGRAM_CHARACTERS = 4_000;

export const REFUSAL_CODES = [
  'invalid',
  'exec',
  'auth-provider',
  'file-path',
  'proxy',
  'impersonation',
  'address',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal extends FieldProblem {
  readonly code: RefusalCode;
}

export const WARNING_CODES = [
  'insecure-tls',
  'tls-server-name',
  'loopback',
  'no-tls',
  'exec',
  'no-credentials',
] as const;

/** What a person must agree to before the context may be used. */
export interface UploadWarning extends FieldProblem {
  readonly code: (typeof WARNING_CODES)[number];
  readonly needsConsent: boolean;
}

/** A context of an uploaded kubeconfig: names and verdicts, never a credential. */
export interface UploadedContext {
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  readonly namespace: string | undefined;
  readonly isCurrent: boolean;
  readonly isTlsVerified: boolean;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly UploadWarning[];
}

export type UploadInspection =
  | { readonly status: 'previewed'; readonly contexts: readonly UploadedContext[] }
  | { readonly status: 'refused'; readonly code: FileProblemCode; readonly message: string };

/**
 * Judges a kubeconfig that came from a stranger: what it would do is told, nothing of it is done. Never throws.
 * A program the policy allows is a warning that needs consent; without a policy every program is refused.
 * Source of the rules: peers.md, part 2, and issue 3, “Bad input and faults”.
 */
export function inspectUploaded(
  text: string,
  pluginPolicy: CredentialPluginPolicy = DENY_ALL_PLUGINS,
): UploadInspection {
  return readUploaded(text, pluginPolicy).inspection;
}

/** An upload, read once: what is told of it, and each context for who opens it. */
export interface UploadReading {
  readonly inspection: UploadInspection;
  /** Undefined when there is no such context, or anything about it is refused. */
  readonly accept: (context: string) => ResolvedContext | undefined;
}

/** As `inspectUploaded`; reading is what takes time, so whoever opens several contexts reads once. */
export function readUploaded(text: string, pluginPolicy: CredentialPluginPolicy): UploadReading {
  const read = readContexts(text);
  if (read.status === 'refused') return { inspection: read, accept: () => undefined };
  const inspection = {
    status: 'previewed' as const,
    contexts: read.contexts.map((resolved) => ({
      context: resolved.context,
      cluster: resolved.cluster,
      user: resolved.user,
      server: safeServer(resolved.server),
      namespace: resolved.namespace,
      isCurrent: resolved.isCurrent,
      isTlsVerified: isTlsVerified(resolved),
      refusals: refusalsOf(resolved, pluginPolicy),
      warnings: warningsOf(resolved, pluginPolicy),
    })),
  };
  return {
    inspection,
    accept: (context) => {
      const told = inspection.contexts.find((one) => one.context === context);
      return told === undefined || told.refusals.length > 0
        ? undefined
        : read.contexts.find((one) => one.context === context);
    },
  };
}

/**
 * One context of an uploaded kubeconfig, with its credentials, for who opens it. Undefined when there is no such
 * context or anything about it is refused.
 */
export function acceptUploaded(
  text: string,
  context: string,
  pluginPolicy: CredentialPluginPolicy = DENY_ALL_PLUGINS,
): ResolvedContext | undefined {
  return readUploaded(text, pluginPolicy).accept(context);
}

function readContexts(text: string) {
  const parsed = parseKubeconfig(text, 'uploaded', UPLOAD_LIMITS);
  if (parsed.status === 'refused') return parsed;
  return { status: 'read' as const, contexts: resolveContexts(mergeKubeconfigs([parsed.file])) };
}

/** True when the server’s certificate is checked at all. */
export function isTlsVerified(resolved: ResolvedContext): boolean {
  return (
    parseServer(resolved.server)?.isTls === true && resolved.clusterBody['insecure-skip-tls-verify'] !== true
  );
}

/** A URL that could not be read may hold a password, so it is not repeated. */
function safeServer(server: string): string {
  return parseServer(server) === undefined ? '' : server;
}

function refusalsOf(resolved: ResolvedContext, pluginPolicy: CredentialPluginPolicy): Refusal[] {
  const refusals: Refusal[] = resolved.problems.map((problem) => ({ code: 'invalid', ...problem }));
  const cluster = `clusters[${resolved.cluster}].cluster`;
  const user = `users[${resolved.user}].user`;
  const { clusterBody, userBody } = resolved;
  const refuse = (code: RefusalCode, field: string, message: string) => {
    refusals.push({ code, field, message });
  };
  if (userBody.exec !== undefined && userBody.exec !== null) {
    const objection = pluginObjection(userBody.exec, pluginPolicy);
    if (objection !== undefined) {
      refuse(
        'exec',
        `${user}.exec`,
        `${user}.exec would start a program on this server. ${objection} A service account’s token needs no program.`,
      );
    }
  }
  if (userBody['auth-provider'] !== undefined && userBody['auth-provider'] !== null) {
    refuse(
      'auth-provider',
      `${user}.auth-provider`,
      `${user}.auth-provider was removed from Kubernetes and may start a program. Use a service account’s token instead.`,
    );
  }
  if ((clusterBody['certificate-authority'] ?? '') !== '') {
    refuse('file-path', `${cluster}.certificate-authority`, filePath(`${cluster}.certificate-authority`));
  }
  for (const field of ['client-certificate', 'client-key', 'tokenFile'] as const) {
    if ((userBody[field] ?? '') !== '') refuse('file-path', `${user}.${field}`, filePath(`${user}.${field}`));
  }
  if ((clusterBody['proxy-url'] ?? '') !== '') {
    refuse(
      'proxy',
      `${cluster}.proxy-url`,
      `${cluster}.proxy-url would send the credentials through a proxy chosen by the file.`,
    );
  }
  for (const field of ['as', 'as-uid', 'as-groups', 'as-user-extra'] as const) {
    const value = userBody[field];
    if (value !== undefined && value !== null && value !== '' && Object.keys(value).length > 0) {
      refuse(
        'impersonation',
        `${user}.${field}`,
        `${user}.${field} acts in another’s name, which is not accepted from an upload.`,
      );
    }
  }
  const verdict = judgeServer(resolved.server);
  if (verdict !== undefined && verdict !== 'allowed' && verdict !== 'loopback') {
    refuse('address', `${cluster}.server`, explainAddress(verdict, parseServer(resolved.server)?.host ?? ''));
  }
  return refusals;
}

/**
 * Says why this server does not start the program of an uploaded kubeconfig; undefined when its policy allows it and
 * a person can be shown the whole of what would be started.
 */
export function pluginObjection(exec: ExecBody, pluginPolicy: CredentialPluginPolicy): string | undefined {
  const verdict = judgePlugin(exec.command, pluginPolicy);
  if (verdict !== 'allowed') return explainPlugin(verdict, exec.command);
  return programOf(exec).length > MAX_PROGRAM_CHARACTERS
    ? 'Its arguments are too long to be shown whole, so nobody could agree to them.'
    : undefined;
}

/** The program, its arguments and the names of its variables; their values are often secrets. */
function programOf({ command, args, env }: ExecBody): string {
  const line = [command, ...(args ?? [])].map((word) => JSON.stringify(word)).join(' ');
  const names = (env ?? []).map(({ name }) => JSON.stringify(name)).join(', ');
  return names === '' ? line : `${line} with the environment variables ${names}`;
}

function filePath(field: string): string {
  return `${field} is a path on your machine, and nothing is read from this server’s disk. Make the file self-contained: kubectl config view --flatten --raw.`;
}

/** Undefined for a name: names are judged when they are resolved. */
function judgeServer(server: string): AddressVerdict | undefined {
  const host = parseServer(server)?.host;
  if (host === undefined) return undefined;
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
  const verdict = judgeAddress(host);
  return verdict === 'not-an-address' ? undefined : verdict;
}

/** Says in words why an address is not dialled for an uploaded kubeconfig. */
export function explainAddress(verdict: AddressVerdict, address: string): string {
  switch (verdict) {
    case 'allowed':
      return `${address} may be dialled.`;
    case 'loopback':
      return `${address} is this server itself, not your machine. In a container use host.docker.internal or the node’s address.`;
    case 'link-local':
      return `${address} is a link-local address; no cluster is reached by one.`;
    case 'metadata':
      return `${address} is where a cloud hands out credentials; it is never dialled.`;
    case 'unspecified':
      return `${address} is no address of a machine.`;
    case 'multicast':
      return `${address} is a multicast address; no cluster is reached by one.`;
    case 'reserved':
      return `${address} is a reserved address; no cluster is reached by one.`;
    case 'not-an-address':
      return `${address} is not an IP address.`;
  }
}

function warningsOf(resolved: ResolvedContext, pluginPolicy: CredentialPluginPolicy): UploadWarning[] {
  const cluster = `clusters[${resolved.cluster}].cluster`;
  const user = `users[${resolved.user}].user`;
  const { clusterBody, userBody } = resolved;
  const warnings: UploadWarning[] = [];
  if (clusterBody['insecure-skip-tls-verify'] === true) {
    warnings.push({
      code: 'insecure-tls',
      needsConsent: true,
      field: `${cluster}.insecure-skip-tls-verify`,
      message: 'The server’s certificate is not checked: whoever stands between can read the credentials.',
    });
  }
  if ((clusterBody['tls-server-name'] ?? '') !== '') {
    warnings.push({
      code: 'tls-server-name',
      needsConsent: true,
      field: `${cluster}.tls-server-name`,
      message: 'The server’s certificate is checked against another name than the one in its URL.',
    });
  }
  if (parseServer(resolved.server)?.isTls === false) {
    warnings.push({
      code: 'no-tls',
      needsConsent: true,
      field: `${cluster}.server`,
      message: 'The connection is not encrypted: whoever stands between can read the credentials.',
    });
  }
  if (judgeServer(resolved.server) === 'loopback') {
    warnings.push({
      code: 'loopback',
      needsConsent: true,
      field: `${cluster}.server`,
      message: explainAddress('loopback', parseServer(resolved.server)?.host ?? ''),
    });
  }
  const exec = userBody.exec ?? undefined;
  const isProgramAllowed = exec !== undefined && pluginObjection(exec, pluginPolicy) === undefined;
  if (isProgramAllowed) {
    warnings.push({
      code: 'exec',
      needsConsent: true,
      field: `${user}.exec`,
      message: `To get its credentials, this server starts a program, with the rights of the server: ${programOf(exec)}`,
    });
  }
  const hasCredential = ['token', 'username', 'client-certificate-data'] as const;
  if (!isProgramAllowed && hasCredential.every((field) => (userBody[field] ?? '') === '')) {
    warnings.push({
      code: 'no-credentials',
      needsConsent: false,
      field: user,
      message: `${user} has no credentials: the server will probably refuse.`,
    });
  }
  return warnings;
}
