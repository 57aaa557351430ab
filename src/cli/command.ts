import type { Client } from '../client/client.ts';

/** What a command ends with; scripts and cron jobs branch on it. */
export const EXIT = { healthy: 0, findings: 1, usage: 2, notObserved: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const FORMATS = ['human', 'json', 'yaml', 'junit'] as const;
export type Format = (typeof FORMATS)[number];

/** An option of a command, as `node:util` parses it. */
export interface OptionMeta {
  readonly name: string;
  readonly type: 'boolean' | 'string';
  readonly summary: string;
}

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** What a command works with. Data goes to `data`, talk to `talk`; nothing else writes. */
export interface CommandContext {
  readonly client: Client;
  readonly format: Format;
  readonly options: OptionValues;
  readonly words: readonly string[];
  readonly signal: AbortSignal;
  /** The terminal understands colours and can be redrawn. */
  readonly isTerminal: boolean;
  data(text: string): void;
  talk(text: string): void;
  /** Draws over what was drawn before; on no terminal it appends. */
  redraw(text: string): void;
  sleep(ms: number): Promise<void>;
  readText(path: string): Promise<string>;
  writeBytes(path: string, bytes: Uint8Array): Promise<void>;
}

/** One command: help is made from this, so that it cannot say something else than what runs. */
export interface Command {
  /** `system status` */
  readonly name: string;
  readonly summary: string;
  /** Words behind the name: `<connection>`, `[code]`. */
  readonly takes?: string;
  readonly options: readonly OptionMeta[];
  readonly examples: readonly string[];
  /** Does without a server and without clusters; some do with certain options only. */
  readonly isLocal?: boolean | ((options: OptionValues) => boolean);
  run(context: CommandContext): Promise<ExitCode>;
}

/** Wrong words or options: the message names them, and the exit code is 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
