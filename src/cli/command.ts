import type { Client } from '../client/client.ts';
import type { Screen } from './output/screen.ts';

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
  /** What help calls its value. */
  readonly value?: string;
  readonly short?: string;
  readonly isRepeatable?: boolean;
}

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** What a command works with. */
export interface CommandContext extends Screen {
  readonly client: Client;
  /** The work is done by this process, and ends with it. */
  readonly isInProcess: boolean;
  readonly format: Format;
  readonly options: OptionValues;
  readonly words: readonly string[];
  readonly signal: AbortSignal;
  sleep(ms: number): Promise<void>;
  /** Throws `UsageError` when it cannot be read. */
  readText(path: string): Promise<string>;
  /** Makes a file for its owner alone. Throws `UsageError` when it cannot be written. */
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
  /** Lines as they would be typed, each with what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Does without a server and without clusters; some do with certain options only. */
  readonly isLocal?: boolean | ((options: OptionValues) => boolean);
  /** Changes or tells what the data folder keeps, so that a copy beside its owner will not do. */
  readonly needsFolder?: boolean;
  run(context: CommandContext): Promise<ExitCode>;
}

/** Wrong words or options: the message names them, and the exit code is 2. */
export class UsageError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'UsageError';
  }
}
