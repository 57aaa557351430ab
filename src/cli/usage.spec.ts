import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { optionsOf, readCommandLine } from './arguments.ts';
import { commands } from './commands.ts';
import { LIMIT_MS, run } from './fixtures/program.ts';

describe('wrong words', () => {
  it.each([
    [['system'], /“system” is not a whole command\. There is: system status, system check/],
    [['system', 'nonsense'], /no command “system nonsense”/],
    [['--nonsense'], /no command/],
    [['system', 'status', '--bogus'], /--bogus/],
    [['system', 'status', 'more'], /does not take “more”/],
    [['errors', 'MT-X-99'], /MT-X-99/],
    [['connection', 'list', '--output', 'xml'], /human, json, yaml, junit/],
    [['database', 'reset', 'now'], /does not take “now”/],
    [['system', 'status', '--world', 'atlantis'], /atlantis does not exist/],
    [['system', 'status', '--world', 'healthy', '--direct'], /--direct and --world/],
    [['connection', 'watch', '--world', 'healthy', '--output', 'junit'], /has no end/],
    [['operation', 'start', 'install', '--world', 'healthy', '--no-wait'], /leave out --no-wait/],
    [['kubeconfig', 'preview', '/absent/config', '--world', 'healthy'], /\/absent\/config cannot be read/],
    [['completion', 'tcsh'], /bash, zsh or fish/],
    [['serve', '--port', 'x'], /--port "x"/],
  ])(
    '%j end with 2, and are named',
    async (args, message) => {
      const { code, out, err } = await run(...args);
      expect(err).toMatch(message);
      expect(code).toBe(2);
      expect(out).toBe('');
    },
    LIMIT_MS,
  );
});

describe('help', () => {
  it('lists every command, and tells of each with examples', async () => {
    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(await run()).toEqual(help);
    for (const { name, examples, options } of commands) {
      expect(help.out).toContain(name);
      const one = await run(...name.split(' '), '--help');
      expect(one).toMatchObject({ code: 0, err: '' });
      expect(await run('help', ...name.split(' '))).toEqual(one);
      for (const [line, meaning] of examples)
        expect(one.out).toContain(`  # ${meaning}\n  meshplay-troubleshooter ${line}`);
      for (const option of options) expect(one.out).toContain(`--${option.name}`);
    }
  });

  it.each(commands.flatMap(({ name, examples }) => examples.map(([line]) => [line, name] as const)))(
    'has an example that is understood: %s',
    (line) => {
      const [command = ''] = line.split(' > ');
      const words = command.split(' >> ')[0]?.split(' ') ?? [];
      expect(commands).toContain(readCommandLine(words, commands).command);
    },
  );

  it('does not offer servers to a command that asks none', async () => {
    expect((await run('errors', '--help')).out).not.toContain('--server');
    expect((await run('serve', '--help')).out.match(/--world/g)).toHaveLength(1);
  });

  it.each(['--version', 'version', '-V'])('tells its version: %s', async (word) => {
    const { code, out } = await run(word);
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('knows every command: %s', async (shell) => {
    const { code, out } = await run('completion', shell);
    expect(code).toBe(0);
    for (const word of commands.flatMap(({ name }) => name.split(' '))) expect(out).toContain(word);
    for (const { name } of commands.flatMap(optionsOf)) expect(out).toContain(name);
  });

  it.each([
    [['system', 'ch'], ['check']],
    [['system', 'check', '--pre'], ['--preflight']],
    [
      ['system', 'check', '--output', 'j'],
      ['json', 'junit'],
    ],
    [['bundle', '--prev'], ['--preview']],
    [['bundle', 'x', '--prev'], ['--preview']],
    [['errors', '--world'], []],
  ])('in bash, completes %j to %j', async (words, found) => {
    const { out } = await run('completion', 'bash');
    const line = ['meshplay-troubleshooter', ...words].map((word) => `'${word}'`).join(' ');
    const script = `${out}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _meshplay_troubleshooter; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    expect(stdout.split('\n').filter(Boolean)).toEqual(found);
  });
});

describe('a server that was named', () => {
  it('and does not answer ends with 3', async () => {
    const { code, out, err } = await run('system', 'status', '--server', 'http://127.0.0.1:1');
    expect(code).toBe(3);
    expect(out).toBe('');
    expect(err).toContain('does not answer');
  });
});
