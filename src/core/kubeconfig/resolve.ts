import type { ClusterBody, FieldProblem, UserBody } from './document.ts';
import type { MergedKubeconfig } from './merge.ts';

/** A context with its cluster and its user found, and with everything that is wrong with it. */
export interface ResolvedContext {
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
  /** Empty where the file names none. */
  readonly server: string;
  readonly isCurrent: boolean;
  /** The file the context is from. */
  readonly source: string;
  readonly clusterBody: ClusterBody;
  /** The file the cluster is from: its relative paths are relative to that file’s folder. */
  readonly clusterSource: string;
  readonly userBody: UserBody;
  readonly userSource: string;
  readonly problems: readonly FieldProblem[];
}

/** Host, port and path of an API server’s URL. */
export interface ServerAddress {
  readonly isTls: boolean;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

const SERVER_URL = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?(?:\/[^?#\s]*)?$/i;

/** Reads an API server’s URL; undefined unless it is http(s) with a host, with no credentials, query or fragment. */
export function parseServer(server: string): ServerAddress | undefined {
  const match = SERVER_URL.exec(server);
  if (match === null) return undefined;
  const [, scheme = '', host = '', port] = match;
  const isTls = scheme.toLowerCase() === 'https';
  const number = port === undefined ? (isTls ? 443 : 80) : Number(port);
  if (number < 1 || number > 65_535) return undefined;
  return { isTls, host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: number };
}

/** Every context of the merged files, in their order, usable or not. */
export function resolveContexts(merged: MergedKubeconfig): ResolvedContext[] {
  return [...merged.contexts.values()].map((entry) => {
    const at = `contexts[${entry.name}].context`;
    const problems: FieldProblem[] = entry.problem === undefined ? [] : [entry.problem];
    const clusterName = entry.body?.cluster ?? '';
    const userName = entry.body?.user ?? '';
    const cluster = merged.clusters.get(clusterName);
    const user = merged.users.get(userName);
    if (entry.body !== undefined) {
      if (clusterName === '')
        problems.push({
          field: `${at}.cluster`,
          message: `${at}.cluster is empty: the context names no cluster.`,
        });
      else if (cluster === undefined) {
        problems.push({
          field: `${at}.cluster`,
          message: `${at}.cluster names “${clusterName}”, and there is no cluster of that name.`,
        });
      }
      // kubectl allows a context without a user: it goes without credentials.
      if (userName !== '' && user === undefined) {
        problems.push({
          field: `${at}.user`,
          message: `${at}.user names “${userName}”, and there is no user of that name.`,
        });
      }
    }
    const clusterBody = cluster?.body ?? {};
    const userBody = user?.body ?? {};
    if (cluster?.problem !== undefined) problems.push(cluster.problem);
    if (user?.problem !== undefined) problems.push(user.problem);
    if (cluster?.body !== undefined) problems.push(...clusterProblems(clusterName, cluster.body));
    if (user?.body !== undefined) problems.push(...userProblems(userName, user.body));
    return {
      context: entry.name,
      cluster: clusterName,
      user: userName,
      namespace: entry.body?.namespace,
      server: clusterBody.server ?? '',
      isCurrent: entry.name === merged.currentContext,
      source: entry.source,
      clusterBody,
      clusterSource: cluster?.source ?? entry.source,
      userBody,
      userSource: user?.source ?? entry.source,
      problems,
    };
  });
}

function clusterProblems(name: string, body: ClusterBody): FieldProblem[] {
  const at = `clusters[${name}].cluster`;
  const problems: FieldProblem[] = [];
  const server = body.server ?? '';
  if (server === '')
    problems.push({
      field: `${at}.server`,
      message: `${at}.server is empty: it must be the URL of the API server.`,
    });
  else if (parseServer(server) === undefined) {
    problems.push({
      field: `${at}.server`,
      message: `${at}.server is not a URL of the form https://host:port.`,
    });
  }
  const isInsecure = body['insecure-skip-tls-verify'] === true;
  const authority = body['certificate-authority-data'] ?? '';
  if (isInsecure && (authority !== '' || (body['certificate-authority'] ?? '') !== '')) {
    problems.push({
      field: `${at}.insecure-skip-tls-verify`,
      message: `${at} has both insecure-skip-tls-verify and a certificate authority; kubectl refuses that. Remove insecure-skip-tls-verify.`,
    });
  }
  if (!isBase64(authority)) problems.push(badBase64(`${at}.certificate-authority-data`));
  const proxy = body['proxy-url'] ?? '';
  if (proxy !== '' && !/^https?:\/\//i.test(proxy)) {
    problems.push({
      field: `${at}.proxy-url`,
      message: `${at}.proxy-url must begin with http:// or https://; other proxies are not supported.`,
    });
  }
  return problems;
}

function userProblems(name: string, body: UserBody): FieldProblem[] {
  const at = `users[${name}].user`;
  const problems: FieldProblem[] = [];
  for (const field of ['client-certificate-data', 'client-key-data'] as const) {
    if (!isBase64(body[field] ?? '')) problems.push(badBase64(`${at}.${field}`));
  }
  const hasCertificate = (body['client-certificate-data'] ?? body['client-certificate'] ?? '') !== '';
  const hasKey = (body['client-key-data'] ?? body['client-key'] ?? '') !== '';
  if (hasCertificate && !hasKey)
    problems.push({
      field: `${at}.client-key-data`,
      message: `${at} has a client certificate and no key for it.`,
    });
  if (hasKey && !hasCertificate) {
    problems.push({
      field: `${at}.client-certificate-data`,
      message: `${at} has a client key and no certificate for it.`,
    });
  }
  for (const field of ['token', 'username', 'password', 'as', 'as-uid'] as const) {
    if (hasControl(body[field] ?? '')) {
      problems.push({
        field: `${at}.${field}`,
        message: `${at}.${field} holds a line break or another control character.`,
      });
    }
  }
  return problems;
}

function badBase64(field: string): FieldProblem {
  return { field, message: `${field} is not base64. It was cut or changed when it was copied.` };
}

/** True for base64, also with line breaks inside, and for the empty text. */
export function isBase64(text: string): boolean {
  const packed = text.replaceAll(/\s+/g, '');
  return packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 32 || code === 127) return true;
  }
  return false;
}

/**
 * What a cluster’s fingerprint is made of until the cluster was reached: its server and its certificate authority,
 * no credential, so that a rotated token does not make a new cluster. Hashed by who can hash.
 */
export function fingerprintInput(server: string, authority: string | undefined): string {
  const address = parseServer(server);
  const place = address === undefined ? server : `${address.host}:${address.port}`;
  return JSON.stringify([place, (authority ?? '').replaceAll(/\s+/g, '')]);
}
