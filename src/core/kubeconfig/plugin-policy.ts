/** Kubernetes’ own names. Source: KEP-3104 (kuberc), `credentialPluginPolicy`. */
export const PLUGIN_POLICIES = ['AllowAll', 'DenyAll', 'Allowlist'] as const;

/** Which programs an uploaded kubeconfig may have started for its credentials (`exec`). */
export type CredentialPluginPolicy =
  | { readonly policy: 'AllowAll' }
  | { readonly policy: 'DenyAll' }
  | { readonly policy: 'Allowlist'; readonly allowlist: readonly string[] };

export const DENY_ALL_PLUGINS: CredentialPluginPolicy = { policy: 'DenyAll' };

type PluginVerdict = 'allowed' | 'denied' | 'not-listed' | 'relative-path' | 'no-command';

const MAX_TOLD_CHARACTERS = 200;

/** True for a name without folder, which is looked for on the server’s PATH. */
export function isBareCommand(command: string): boolean {
  return !/[/\\]/.test(command);
}

/** True for a path from the root, of Windows as well. */
export function isAbsoluteCommand(command: string): boolean {
  return /^(?:\/|[A-Za-z]:[/\\])/.test(command);
}

/**
 * Decides whether a program may be started for an uploaded kubeconfig. Entries of an allowlist are compared letter by
 * letter: a path allows that path only, a bare name that bare name only. A path relative to the kubeconfig is allowed
 * by no policy, since an uploaded one lies in no folder of this server.
 */
export function judgePlugin(command: string, policy: CredentialPluginPolicy): PluginVerdict {
  if (policy.policy === 'DenyAll') return 'denied';
  if (command.trim() === '') return 'no-command';
  if (!isBareCommand(command) && !isAbsoluteCommand(command)) return 'relative-path';
  switch (policy.policy) {
    case 'AllowAll':
      return 'allowed';
    case 'Allowlist':
      return policy.allowlist.includes(command) ? 'allowed' : 'not-listed';
  }
}

/** Says in words what the policy answers, and what would allow the program. */
export function explainPlugin(verdict: PluginVerdict, command: string): string {
  const told = command.length > MAX_TOLD_CHARACTERS ? `${command.slice(0, MAX_TOLD_CHARACTERS)}…` : command;
  const program = `the program “${told}”`;
  const canBeListed = command.trim() !== '' && (isBareCommand(command) || isAbsoluteCommand(command));
  switch (verdict) {
    case 'allowed':
      return `The credential plugin policy of this server allows ${program}.`;
    case 'denied':
      return `The credential plugin policy of this server is DenyAll.${
        canBeListed
          ? ` To allow ${program}, start the server with --credential-plugin-policy Allowlist --credential-plugin-allowlist and its name.`
          : ''
      }`;
    case 'not-listed':
      return `The credential plugin policy of this server is Allowlist, and ${program} is not on the list. To allow it, start the server with one more --credential-plugin-allowlist, written exactly so.`;
    case 'relative-path':
      return `No credential plugin policy allows ${program}: an upload lies in no folder of this server, so a program is named by its bare name or its whole path.`;
    case 'no-command':
      return 'No credential plugin policy allows a program without a name.';
  }
}
