import type { Logger } from 'pino';
import { pino } from 'pino';
import { redacted, scrubbed } from './redaction.ts';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The log of the server, JSON lines on `write`. Whatever is given, what looks like a credential does not come out;
 * it also serves as the `Log` port.
 */
export function createLogger(level: LogLevel, write: (line: string) => void): Logger {
  return pino(
    {
      level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redacted(fields) },
      // The formatter above has already turned errors into plain objects.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method) {
          const safe = args.map((arg: unknown) => (typeof arg === 'string' ? scrubbed(arg) : arg));
          method.apply(this, safe as Parameters<typeof method>);
        },
      },
    },
    { write },
  );
}
