/** Hostile kubeconfigs for the specs: seeds that hold every dangerous field, and mutations of them by a number. */

export const UPLOAD_SEEDS: readonly string[] = [
  `apiVersion: v1
kind: Config
current-context: a
clusters:
- name: c
  cluster:
    server: https://one.test:6443
    certificate-authority-data: QUJD
- name: d
  cluster:
    server: https://127.0.0.1:6443
    insecure-skip-tls-verify: true
    proxy-url: http://proxy.test:3128
users:
- name: u
  user:
    token: abc.def
- name: v
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: /bin/sh
      args: ["-c", "touch /tmp/started"]
      env:
      - name: A
        value: B
contexts:
- name: a
  context: { cluster: c, user: u, namespace: n }
- name: b
  context: { cluster: d, user: v }
`,
  `{"clusters":[{"name":"c","cluster":{"server":"https://[::1]:6443","certificate-authority":"/etc/passwd"}}],"users":[{"name":"u","user":{"client-certificate":"/etc/shadow","client-key":"/etc/shadow","tokenFile":"/proc/self/environ"}}],"contexts":[{"name":"a","context":{"cluster":"c","user":"u"}}],"current-context":"a"}`,
  `clusters:
- name: c
  cluster: { server: http://169.254.169.254, tls-server-name: x }
users:
- name: u
  user:
    as: root
    as-groups: [ "system:masters" ]
    auth-provider: { name: gcp, config: { cmd-path: /bin/sh } }
contexts:
- name: a
  context: { cluster: c, user: u }
`,
];

const PIECES: readonly string[] = [
  'null',
  '~',
  '[]',
  '{}',
  '0',
  '1e999',
  '.nan',
  'true',
  '""',
  '&x ',
  '*x',
  '<<: *x',
  '!!binary ',
  '!!js/function ',
  '%YAML 1.1\n---\n',
  '---\n',
  '...\n',
  '__proto__',
  'constructor',
  'exec: { command: /bin/sh }',
  'tokenFile: /etc/passwd',
  'certificate-authority: /etc/passwd',
  'https://user:pass@x',
  '\u0000',
  '\uFEFF',
  '\uD800',
  '\t',
  '\r\n',
  '"',
  "'",
  '|\n',
  '? ',
  '[[[[[[[[',
  '{{{{{{{{',
  '9'.repeat(400),
  'A'.repeat(5_000),
];

/** A mutation of one of the seeds; the same for the same number. */
export function mutated(seeds: readonly string[], seed: number): string {
  let state = seed >>> 0;
  // mulberry32: small, and the same everywhere.
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  let text = seeds[below(seeds.length)] ?? '';
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const at = below(text.length + 1);
    const length = below(40);
    const piece = PIECES[below(PIECES.length)] ?? '';
    switch (below(6)) {
      case 0:
        text = text.slice(0, at) + piece + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + piece + text.slice(at + length);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 3:
        text = text.slice(0, at);
        break;
      case 4:
        text = text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
        break;
      default:
        text += text.slice(at, at + length * 20);
    }
  }
  return text;
}
