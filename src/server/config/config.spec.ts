import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, UsageError } from './config.ts';

describe('readConfig', () => {
  it('is safe and complete with nothing given', () => {
    expect(readConfig([], {})).toEqual({
      host: '127.0.0.1',
      port: 9081,
      allowedHosts: [],
      dataDir: join(homedir(), '.meshplay-troubleshooter'),
      sandbox: 'auto',
      world: undefined,
      logLevel: 'warn',
      vaultKey: undefined,
      dockerHosts: undefined,
      credentialPlugins: { policy: 'DenyAll' },
    });
  });

  it('takes flags before the environment', () => {
    const env = {
      MESHPLAY_PORT: '1',
      MESHPLAY_DATA_DIR: '/from/env',
      MESHPLAY_KEY: 'k',
      MESHPLAY_DOCKER_HOSTS: 'a,b',
    };
    expect(readConfig(['--port', '0', '--world', 'healthy'], env)).toMatchObject({
      port: 0,
      dataDir: resolve('/from/env'),
      sandbox: 'on',
      world: 'healthy',
      vaultKey: 'k',
      dockerHosts: ['a', 'b'],
    });
    expect(readConfig(['--data-dir=here', '--no-sandbox'], env)).toMatchObject({
      dataDir: resolve('here'),
      sandbox: 'off',
    });
    expect(readConfig(['--host', '0.0.0.0', '--allowed-host', 'Mesh.Example.org'], {})).toMatchObject({
      host: '0.0.0.0',
      allowedHosts: ['mesh.example.org'],
    });
  });

  it('takes the credential plugin policy from flags, else from the environment', () => {
    const env = {
      MESHPLAY_CREDENTIAL_PLUGIN_POLICY: 'Allowlist',
      MESHPLAY_CREDENTIAL_PLUGIN_ALLOWLIST: 'aws, /usr/bin/kubelogin',
    };
    expect(readConfig([], env)).toMatchObject({
      credentialPlugins: { policy: 'Allowlist', allowlist: ['aws', '/usr/bin/kubelogin'] },
    });
    const list = ['--credential-plugin-allowlist', 'a', '--credential-plugin-allowlist', '/b/c'];
    expect(readConfig(list, env)).toMatchObject({
      credentialPlugins: { policy: 'Allowlist', allowlist: ['a', '/b/c'] },
    });
    expect(readConfig(['--credential-plugin-policy', 'AllowAll'], {})).toMatchObject({
      credentialPlugins: { policy: 'AllowAll' },
    });
    // A narrower flag is not quietly widened, nor the list of the environment quietly forgotten.
    expect(() => readConfig(['--credential-plugin-policy', 'DenyAll'], env)).toThrow(/the policy is DenyAll/);
  });

  it('offers help', () => {
    expect(readConfig(['--help'], {})).toBe('help');
  });

  it.each([
    [['--port', 'http'], /--port "http" is not valid: a port is a number/],
    [['--port', '70000'], /--port "70000"/],
    [['--port', '80.5'], /--port/],
    [['--port='], /--port/],
    [['--host', '0.0.0.0'], /--allowed-host/],
    [['--host', 'a b'], /--host/],
    [['--data-dir='], /--data-dir/],
    [['--log-level', 'loud'], /--log-level "loud" is not valid: a log level is one of/],
    [['--sandbox', '--no-sandbox'], /contradict/],
    [['--no-sandbox', '--world', 'healthy'], /--world/],
    [['--world', 'Not A World'], /--world/],
    [['--credential-plugin-policy', 'allowall'], /a policy is one of AllowAll, DenyAll, Allowlist/],
    [['--credential-plugin-policy', 'Allowlist'], /allows nothing without a list/],
    [['--credential-plugin-allowlist', 'aws'], /only with --credential-plugin-policy Allowlist.*DenyAll/],
    [
      ['--credential-plugin-policy', 'AllowAll', '--credential-plugin-allowlist', 'aws'],
      /the policy is AllowAll/,
    ],
    [
      ['--credential-plugin-policy', 'Allowlist', '--credential-plugin-allowlist', 'bin/aws'],
      /"bin\/aws" is not valid: a program is a bare name, or an absolute path/,
    ],
    [['--credential-plugin-policy', 'Allowlist', '--credential-plugin-allowlist='], /must be named/],
    [['--prot', '1'], /--prot/],
    [['--port'], /--port/],
    [['extra'], /extra/],
  ])('refuses %j by name', (args, message) => {
    expect(() => readConfig(args, {})).toThrow(UsageError);
    expect(() => readConfig(args, {})).toThrow(message);
  });

  it('names the variable at fault', () => {
    expect(() => readConfig([], { MESHPLAY_PORT: 'x' })).toThrow(/--port "x"/);
  });
});
