import pino from 'pino';
import { prettyLine } from './pretty-line.ts';
import { redactedLine } from './redaction/redacted-line.ts';
import type { Redactor } from './redaction/redactor.ts';

/** The least that is written; `silent` writes nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
/** What a message is about. Errors go under `error`; a reference that a person was told goes under `reference`. */
export type LogFields = Readonly<Record<string, unknown>>;
type Say = (fields: LogFields, message: string) => void;

/** The log: a message that is always the same words, and fields for what differs. */
export interface Log {
  readonly debug: Say;
  readonly info: Say;
  readonly warn: Say;
  readonly error: Say;
  /** A log that says these fields with every line, e.g. requestId, planId, runId, persona, host. */
  child(fields: LogFields): Log;
}

/**
 * Creates the log. It writes one line a message to stderr, because stdout is for answers: JSON, or with `pretty` a short line
 * for people. Every line passes the redactor as a whole, whatever it was made from.
 *
 * @param options.destination takes finished lines, each with its line feed; stderr when left out.
 */
export function createLog(options: {
  readonly level: LogLevel;
  readonly pretty: boolean;
  readonly redactor: Pick<Redactor, 'text' | 'stream'>;
  readonly destination?: { write(line: string): unknown };
}): Log {
  const destination = options.destination ?? process.stderr;
  const { redactor } = options;
  // A key may be logged line by line: so all lines are one text to the redactor.
  const lines = redactor.stream();
  const inLines = { text: (line: string) => lines.push(line) + lines.endLine() };
  const logger = pino(
    {
      level: options.level,
      // One process a container or a service: its id and host are known to whoever collects the lines.
      base: null,
      messageKey: 'message',
      errorKey: 'error',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
    },
    {
      write(line: string): void {
        const safe = redactedLine(line, inLines, redactor);
        // Made readable, an escaped form may have become a plain one: so the finished line is looked at once more.
        destination.write(options.pretty ? redactor.text(prettyLine(safe)) : safe);
      },
    },
  );
  return wrap(logger);
}

/** Only what callers need of pino, with the order of arguments fixed. */
function wrap(logger: pino.Logger): Log {
  const say =
    (level: 'debug' | 'info' | 'warn' | 'error'): Say =>
    (fields, message) =>
      logger[level](fields, message);
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: (fields) => wrap(logger.child({ ...fields })),
  };
}
