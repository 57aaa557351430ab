import type { FileProblemCode } from '../kubeconfig/document.ts';
import type { RefusalCode, UploadWarning } from '../kubeconfig/upload.ts';
import type { ErrorReference } from './error-reference.ts';
import { kubeconfigReference } from './kubeconfig-code.ts';

/** Everything said against an uploaded kubeconfig, or one of its contexts. */
type UploadCode = FileProblemCode | RefusalCode | UploadWarning['code'];
type Entry = Pick<ErrorReference, 'title' | 'cause' | 'remedy'>;

/** Why an uploaded kubeconfig is refused, or has to be agreed to; the compiler asks for an entry of each. */
export const KUBECONFIG_ERRORS: Readonly<Record<UploadCode, Entry>> = {
  'too-large': {
    title: 'The kubeconfig is too large',
    cause: 'The file is larger than 1 MB, or has more lines and fields than any kubeconfig needs.',
    remedy: 'Keep only the contexts you need: kubectl config view --minify --flatten --context NAME.',
  },
  'too-many-contexts': {
    title: 'The kubeconfig has too many contexts',
    cause: 'One upload may have at most a hundred contexts.',
    remedy:
      'Split the file, or start the server with KUBECONFIG pointing to it: files of its own may be larger.',
  },
  aliases: {
    title: 'The kubeconfig uses YAML anchors or aliases',
    cause: 'By aliases a small file can grow beyond all memory, so an upload may have none.',
    remedy: 'Write the values out; kubectl config view --flatten --raw does it.',
  },
  'not-yaml': {
    title: 'The file is not valid YAML',
    cause: 'A line is cut, indented wrongly, or nested too deeply; the line is named.',
    remedy: 'Correct that line, or fetch the kubeconfig anew.',
  },
  'several-documents': {
    title: 'The file holds several YAML documents',
    cause: 'Kubeconfigs were put one behind the other with --- between them; a kubeconfig is one document.',
    remedy:
      'Upload them as files of their own, or merge them: KUBECONFIG=a:b kubectl config view --flatten --raw.',
  },
  'not-a-kubeconfig': {
    title: 'The file is not a kubeconfig',
    cause:
      'It is YAML, and has not the lists clusters, users and contexts of a kubeconfig; a manifest, for instance.',
    remedy: 'Choose the kubeconfig; kubectl config view --flatten --raw writes it.',
  },
  invalid: {
    title: 'A field of the context is missing or wrong',
    cause:
      'There is no server, it is not a URL, the context names a cluster or user that the file does not have, or data is not base64. The field is named.',
    remedy: 'Correct that field, or fetch the kubeconfig anew.',
  },
  exec: {
    title: 'The credentials come from a program (exec)',
    cause:
      'The user of the context has an exec section, which starts a program on this server. Unless its credential plugin policy allows that program it is refused, and where it does, one has to agree to it.',
    remedy:
      'Use the token of a service account. Or start the server with --credential-plugin-policy Allowlist and --credential-plugin-allowlist with the name of the program.',
  },
  'auth-provider': {
    title: 'The context logs in by an auth-provider',
    cause: 'auth-provider was removed from Kubernetes in 1.26, and may start a program.',
    remedy: 'Fetch the kubeconfig anew with the tool of your cloud, or use the token of a service account.',
  },
  'file-path': {
    title: 'The kubeconfig refers to a file',
    cause:
      'certificate-authority, client-certificate, client-key or tokenFile is a path on the machine the file is from. From an upload nothing is read from this server’s disk.',
    remedy: 'Make the kubeconfig self-contained: kubectl config view --flatten --raw.',
  },
  proxy: {
    title: 'The context asks for a proxy',
    cause:
      'proxy-url of an upload would send the credentials through a machine that the file chose. It is honoured only in kubeconfigs of this server’s own disk.',
    remedy: 'Remove proxy-url; or put the kubeconfig on the server’s disk and name it by KUBECONFIG.',
  },
  impersonation: {
    title: 'The context acts in another’s name',
    cause: 'as, as-uid, as-groups or as-user-extra would let whoever uploads it act as somebody else.',
    remedy: 'Remove these fields, and use credentials of the identity itself.',
  },
  address: {
    title: 'The address of the API server is not dialled',
    cause:
      'It is, or resolves to, an address where a cloud hands out credentials, a link-local, multicast or reserved one, no address at all, or this server itself without that having been agreed to.',
    remedy:
      'Use an address by which this server reaches the cluster: from a container host.docker.internal or the address of a node.',
  },
  'insecure-tls': {
    title: 'The certificate of the API server would not be checked',
    cause: 'The kubeconfig says insecure-skip-tls-verify: whoever stands between can read the credentials.',
    remedy: 'Put certificate-authority-data into the kubeconfig; or agree to it.',
  },
  'tls-server-name': {
    title: 'The certificate is checked against another name',
    cause:
      'The kubeconfig says tls-server-name: what answers need not be what the URL names. That is right behind a tunnel or another address of the same cluster.',
    remedy: 'Agree to it if you know why the name differs; else remove tls-server-name.',
  },
  loopback: {
    title: 'The address of the API server is this machine itself',
    cause: 'localhost in an upload is the machine or container of this server, not the one the file is from.',
    remedy:
      'Use host.docker.internal or the address of the node (kind get kubeconfig --internal); agree only if the cluster runs beside this server.',
  },
  'no-tls': {
    title: 'The connection would not be encrypted',
    cause:
      'The server of the context begins with http://, so whoever stands between can read the credentials.',
    remedy: 'Use the https:// address; or agree to it, for a cluster on this machine for instance.',
  },
  'no-credentials': {
    title: 'The context has no credentials',
    cause: 'Its user has no token, no certificate and no password, so the API server takes it for anonymous.',
    remedy: 'Add credentials, or expect the API server to refuse.',
  },
};

export const kubeconfigErrors: readonly ErrorReference[] = Object.entries(KUBECONFIG_ERRORS).map(
  ([code, words]): ErrorReference => ({ code: kubeconfigReference(code), component: 'kubeconfig', ...words }),
);
