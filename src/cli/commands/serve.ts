import { type Command, EXIT, type OptionMeta } from '../command.ts';

const OPTIONS: readonly OptionMeta[] = [
  {
    name: 'port',
    type: 'string',
    value: 'NUMBER',
    summary: 'where it listens; 9081 unless given, 0 takes a free one',
  },
  { name: 'host', type: 'string', value: 'ADDRESS', summary: '127.0.0.1 unless given' },
  {
    name: 'allowed-host',
    type: 'string',
    value: 'NAME',
    isRepeatable: true,
    summary: 'a name browsers may call it by, needed with another --host; repeat it',
  },
  {
    name: 'data-dir',
    type: 'string',
    value: 'FOLDER',
    summary: 'where its databases live; ~/.meshplay-troubleshooter unless given (MESHPLAY_DATA_DIR)',
  },
  { name: 'sandbox', type: 'boolean', summary: 'with simulated clusters' },
  { name: 'no-sandbox', type: 'boolean', summary: 'never with simulated clusters' },
  { name: 'world', type: 'string', value: 'NAME', summary: 'the simulated world to begin with' },
  { name: 'log-level', type: 'string', value: 'LEVEL', summary: 'silent, error, warn, info or debug' },
  {
    name: 'credential-plugin-policy',
    type: 'string',
    value: 'POLICY',
    summary:
      'AllowAll, DenyAll or Allowlist: programs an uploaded kubeconfig may have started; DenyAll unless given',
  },
  {
    name: 'credential-plugin-allowlist',
    type: 'string',
    value: 'COMMAND',
    isRepeatable: true,
    summary: 'a program of the Allowlist, by bare name or absolute path; repeat it',
  },
];

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Starts the server and its page, until Ctrl-C',
  options: OPTIONS,
  examples: [
    ['serve', 'the page at http://127.0.0.1:9081/settings, with every context of your kubeconfig'],
    ['serve --port 9090 --sandbox', 'on another port, with simulated clusters beside yours'],
    [
      'serve --host 0.0.0.0 --allowed-host ops.example',
      'for other machines; whoever reaches it may act on your clusters',
    ],
  ],
  isLocal: true,
  async run(context) {
    const args = OPTIONS.flatMap(({ name, isRepeatable }) => {
      const value = context.options[name];
      if (value === true) return [`--${name}`];
      if (typeof value !== 'string') return [];
      const values = isRepeatable === true ? value.split(',') : [value];
      return values.map((one) => `--${name}=${one}`);
    });
    const { serve } = await import('../../server/serve.ts');
    await serve(args, context.signal);
    return EXIT.healthy;
  },
};
