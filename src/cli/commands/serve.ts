import { type Command, EXIT, type OptionMeta } from '../command.ts';

const OPTIONS: readonly OptionMeta[] = [
  { name: 'port', type: 'string', summary: 'where it listens; 9081 unless given, 0 takes a free one' },
  { name: 'host', type: 'string', summary: '127.0.0.1 unless given' },
  { name: 'allowed-host', type: 'string', summary: 'a name browsers may call it by' },
  { name: 'data-dir', type: 'string', summary: 'where its databases live' },
  { name: 'sandbox', type: 'boolean', summary: 'with simulated clusters' },
  { name: 'no-sandbox', type: 'boolean', summary: 'never with simulated clusters' },
  { name: 'world', type: 'string', summary: 'the simulated world to begin with' },
];

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Starts the server and its page, until Ctrl-C',
  options: OPTIONS,
  examples: ['serve', 'serve --port 9090 --sandbox'],
  isLocal: true,
  async run(context) {
    const args = OPTIONS.flatMap(({ name }) => {
      const value = context.options[name];
      return value === true ? [`--${name}`] : typeof value === 'string' ? [`--${name}`, value] : [];
    });
    const { serve } = await import('../../server/serve.ts');
    await serve(args, context.signal);
    return EXIT.healthy;
  },
};
