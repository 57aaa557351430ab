import { describe, expect, it } from 'vitest';
import { explainPlugin, judgePlugin } from './plugin-policy.ts';
import type { CredentialPluginPolicy } from './plugin-policy.ts';

const DENY: CredentialPluginPolicy = { policy: 'DenyAll' };
const ALL: CredentialPluginPolicy = { policy: 'AllowAll' };
const listed = (...allowlist: string[]): CredentialPluginPolicy => ({ policy: 'Allowlist', allowlist });

describe('the credential plugin policy', () => {
  it.each([
    ['aws', DENY, 'denied'],
    ['/usr/bin/aws', DENY, 'denied'],
    ['./aws', DENY, 'denied'],
    ['', DENY, 'denied'],
    ['aws', ALL, 'allowed'],
    ['/usr/bin/aws', ALL, 'allowed'],
    ['C:\\Tools\\aws.exe', ALL, 'allowed'],
    ['./aws', ALL, 'relative-path'],
    ['../aws', ALL, 'relative-path'],
    ['bin/aws', ALL, 'relative-path'],
    ['bin\\aws', ALL, 'relative-path'],
    ['', ALL, 'no-command'],
    ['  ', ALL, 'no-command'],
    ['aws', listed('gke-gcloud-auth-plugin', 'aws'), 'allowed'],
    ['aws', listed('/usr/bin/aws'), 'not-listed'],
    ['/usr/bin/aws', listed('aws'), 'not-listed'],
    ['/usr/bin/aws', listed('/usr/bin/aws'), 'allowed'],
    ['/usr/bin/../bin/aws', listed('/usr/bin/aws'), 'not-listed'],
    ['/usr/bin//aws', listed('/usr/bin/aws'), 'not-listed'],
    ['/tmp/aws', listed('/usr/bin/aws'), 'not-listed'],
    ['./aws', listed('aws'), 'relative-path'],
    ['AWS', listed('aws'), 'not-listed'],
    ['aws ', listed('aws'), 'not-listed'],
    ['aws2', listed('aws'), 'not-listed'],
    ['aws', listed(), 'not-listed'],
    ['', listed(''), 'no-command'],
  ] as const)('answers %j under %j with %s', (command, policy, verdict) => {
    expect(judgePlugin(command, policy)).toBe(verdict);
  });

  it.each([
    ['denied', 'aws', 'DenyAll', '--credential-plugin-policy Allowlist'],
    ['not-listed', 'aws', 'Allowlist', '--credential-plugin-allowlist'],
    ['relative-path', './aws', './aws', 'whole path'],
  ] as const)('says for %s what it is and what would allow it', (verdict, command, first, second) => {
    expect(explainPlugin(verdict, command)).toContain(first);
    expect(explainPlugin(verdict, command)).toContain(second);
  });

  it('offers no option for what no option allows', () => {
    expect(explainPlugin('denied', './aws')).not.toContain('--credential-plugin');
  });
});
