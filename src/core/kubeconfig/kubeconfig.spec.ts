import { describe, expect, it } from 'vitest';
import { DISK_LIMITS, UPLOAD_LIMITS, parseKubeconfig } from './document.ts';
import type { KubeconfigFile } from './document.ts';
import { mergeKubeconfigs } from './merge.ts';
import { fingerprintInput, parseServer, resolveContexts } from './resolve.ts';

function read(text: string, source = 'a'): KubeconfigFile {
  const parsed = parseKubeconfig(text, source, DISK_LIMITS);
  if (parsed.status === 'refused') throw new Error(parsed.message);
  return parsed.file;
}

function refusal(text: string, limits = DISK_LIMITS): string {
  const parsed = parseKubeconfig(text, 'a', limits);
  return parsed.status === 'refused' ? parsed.code : parsed.status;
}

const ONE = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c
  cluster: { server: https://one.test:6443, certificate-authority-data: QUJD }
users:
- name: u
  user: { token: abc }
contexts:
- name: one
  context: { cluster: c, user: u, namespace: n }
`;

describe('parsing', () => {
  it('reads YAML and JSON', () => {
    expect(read(ONE).contexts).toEqual([
      { name: 'one', source: 'a', body: { cluster: 'c', user: 'u', namespace: 'n' }, problem: undefined },
    ]);
    expect(read('{"contexts":[{"name":"j","context":{}}]}').contexts[0]?.name).toBe('j');
  });

  it.each([
    ['', 'parsed'],
    ['clusters: null', 'parsed'],
    ['a: [', 'not-yaml'],
    ['a: 1\n---\nb: 2', 'several-documents'],
    ['just text', 'not-a-kubeconfig'],
    ['clusters: 3', 'not-a-kubeconfig'],
    ['kind: Pod', 'not-a-kubeconfig'],
  ])('of %j gives %s', (text, code) => {
    expect(refusal(text)).toBe(code);
  });

  it('survives nesting and alias bombs', () => {
    expect(refusal('['.repeat(200_000))).toBe('not-yaml');
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    const names = 'abcdefghi'.split('');
    for (const [index, to] of names.entries()) {
      if (index === 0) continue;
      const from = names[index - 1] ?? '';
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(',')}]`);
    }
    expect(refusal(bomb.join('\n'))).toBe('not-yaml');
    expect(refusal(bomb.join('\n'), UPLOAD_LIMITS)).toBe('aliases');
    expect(refusal('clusters: &x []', UPLOAD_LIMITS)).toBe('aliases');
  });

  it('keeps to its limits', () => {
    expect(refusal(' '.repeat(UPLOAD_LIMITS.maxBytes + 1), UPLOAD_LIMITS)).toBe('too-large');
    const many = Array.from({ length: 101 }, (_, index) => `- name: c${index}\n  context: {}`).join('\n');
    expect(refusal(`contexts:\n${many}`, UPLOAD_LIMITS)).toBe('too-many-contexts');
    expect(refusal(`contexts:\n${many}`)).toBe('parsed');
    // A megabyte of these takes seconds to read, in which nothing else is answered.
    expect(refusal('\n'.repeat(1_000_000), UPLOAD_LIMITS)).toBe('too-large');
    expect(refusal(`{${'a: 1, '.repeat(20_000)}}`, UPLOAD_LIMITS)).toBe('too-large');
    const folded = `        ${'QUJD'.repeat(16)}\n`.repeat(90);
    const fleet = Array.from(
      { length: 100 },
      (_, index) =>
        `- name: c${index}\n  cluster:\n    server: https://c${index}.example\n    certificate-authority-data: >\n${folded}`,
    );
    expect(refusal(`clusters:\n${fleet.join('\n')}`, UPLOAD_LIMITS)).toBe('parsed');
  });

  it('never repeats the text in what it says', () => {
    const parsed = parseKubeconfig('token: "s3cret\nfoo: [', 'a', DISK_LIMITS);
    expect(JSON.stringify(parsed)).not.toContain('s3cret');
  });
});

describe('merging', () => {
  it('lets the first file win for each name, whole, and takes the first current-context that is not empty', () => {
    const first = read('current-context: ""\nusers:\n- name: red\n  user: { token: one }', 'first');
    const second = read(
      'current-context: two\nusers:\n- name: red\n  user: { username: two }\n- name: blue\n  user: { token: two }',
      'second',
    );
    const merged = mergeKubeconfigs([first, second, read('current-context: three', 'third')]);
    expect(merged.currentContext).toBe('two');
    expect(merged.users.get('red')).toMatchObject({ source: 'first', body: { token: 'one' } });
    expect(merged.users.get('red')?.body?.username).toBeUndefined();
    expect(merged.users.get('blue')?.source).toBe('second');
  });
});

function problemsOf(text: string): string[] {
  return resolveContexts(mergeKubeconfigs([read(text)])).flatMap(({ problems }) =>
    problems.map(({ field }) => field),
  );
}

describe('resolving', () => {
  it('finds cluster and user of every context', () => {
    const [one] = resolveContexts(mergeKubeconfigs([read(ONE)]));
    expect(one).toMatchObject({
      context: 'one',
      cluster: 'c',
      user: 'u',
      namespace: 'n',
      server: 'https://one.test:6443',
      isCurrent: true,
      problems: [],
    });
  });

  it.each([
    [ONE.replace('https://one.test:6443', '""'), 'clusters[c].cluster.server'],
    [ONE.replace('https://one.test:6443', 'ftp://x'), 'clusters[c].cluster.server'],
    [ONE.replace('cluster: c,', 'cluster: x,'), 'contexts[one].context.cluster'],
    [ONE.replace('cluster: c,', ''), 'contexts[one].context.cluster'],
    [ONE.replace('user: u,', 'user: x,'), 'contexts[one].context.user'],
    [ONE.replace('QUJD', 'QUJ'), 'clusters[c].cluster.certificate-authority-data'],
    [
      ONE.replace('QUJD', 'QUJD, insecure-skip-tls-verify: true'),
      'clusters[c].cluster.insecure-skip-tls-verify',
    ],
    [ONE.replace('QUJD', 'QUJD, proxy-url: "socks5://x"'), 'clusters[c].cluster.proxy-url'],
    [ONE.replace('token: abc', 'client-certificate-data: QUJD'), 'users[u].user.client-key-data'],
    [ONE.replace('token: abc', 'client-key-data: QUJD'), 'users[u].user.client-certificate-data'],
    [ONE.replace('token: abc', 'token: 12345'), 'users[u].user.token'],
    [ONE.replace('token: abc', 'token: "a\\nb"'), 'users[u].user.token'],
  ])('names the field at fault (%#)', (text, field) => {
    expect(problemsOf(text)).toEqual([field]);
  });

  it('keeps the good contexts beside a broken one', () => {
    const text = `${ONE}- name: 7\n  context: {}\n- name: three\n  context: { cluster: c }\n`;
    const contexts = resolveContexts(mergeKubeconfigs([read(text)]));
    expect(contexts.map(({ context, problems }) => [context, problems.length])).toEqual([
      ['one', 0],
      ['contexts[1]', 1],
      ['three', 0],
    ]);
  });
});

describe('a server URL', () => {
  it.each([
    ['https://one.test', { isTls: true, host: 'one.test', port: 443 }],
    ['http://ONE.test/path', { isTls: false, host: 'one.test', port: 80 }],
    ['https://[fd00::1]:6443/', { isTls: true, host: 'fd00::1', port: 6443 }],
    ['https://user:pass@one.test', undefined],
    ['https://one.test:70000', undefined],
    ['https://one.test?x=1', undefined],
    ['one.test', undefined],
  ])('%s', (url, address) => {
    expect(parseServer(url)).toEqual(address);
  });

  it('with the same authority is the same cluster, however it is written', () => {
    expect(fingerprintInput('https://One.test/', 'A\nB')).toBe(
      fingerprintInput('https://one.test:443', 'AB\n'),
    );
    expect(fingerprintInput('https://one.test', 'A')).not.toBe(fingerprintInput('https://one.test', 'B'));
  });
});
