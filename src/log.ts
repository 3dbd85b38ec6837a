import { isatty, WriteStream } from 'node:tty';
import pino, { type Logger } from 'pino';
import type * as pretty from 'pino-pretty';
import { LogOutput } from './log-output';

export interface LogOptions {
  level: string;
  /** `pretty` is for people. */
  format: 'json' | 'pretty';
  /** Fields of every line. */
  base?: Record<string, unknown>;
}

const STDOUT = 1;

/** Fields that are censored at any of the three top levels of a line. */
const SECRET = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'credentials',
  'privateKey',
  'setupToken',
  'masterKey',
];
const PATHS = SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * The log of this thread, on stdout. The thread writes it itself: pino's transports do not work in
 * a single executable. A line that stdout does not take is dropped, and how many were is logged when
 * it works again.
 */
export function makeLog({ level, format, base }: LogOptions): Logger {
  const options = {
    level,
    base,
    redact: { paths: PATHS, censor: '[secret]' },
    serializers: { err: errorFields },
  };
  const output: LogOutput = new LogOutput(STDOUT, {
    onLost: ({ lines, code }) =>
      log.error({ lines, code }, 'log lines were lost: the output did not take them'),
  });
  const write = format === 'json' ? (line: string) => line : prettily();
  const log = pino(options, { write: (line) => output.write(write(line)) });
  process.once('exit', () => output.flush());
  return log;
}

/** Asks the descriptor: in a worker thread, `process.stdout` does not know its terminal. */
function hasColours(): boolean {
  return isatty(STDOUT) && WriteStream.prototype.getColorDepth() > 1;
}

function prettily(): (line: string) => string {
  const { prettyFactory } = require('pino-pretty') as typeof pretty;
  return prettyFactory({ colorize: hasColours() }) as (line: string) => string;
}

/**
 * The same log without censoring, for lines whose fields cannot hold a secret, whatever the caller
 * sent: the search for secrets costs more than writing the line.
 */
export function plainLines(log: Logger): Logger {
  return log.child({}, { redact: [] });
}

interface ErrorFields {
  type: string;
  message: string;
  code?: unknown;
  stack?: string;
  cause?: ErrorFields;
}

/**
 * The loggable fields of an error. A failed query loses its parameters, which may hold secrets.
 */
export function errorFields(error: unknown): ErrorFields {
  if (
    !(error instanceof Error) &&
    (typeof error !== 'object' || error === null || !('message' in error))
  )
    return { type: typeof error, message: 'a value that is not an error was thrown' };
  const {
    name,
    message,
    stack = '',
    code,
    query,
    cause,
  } = error as Error & { code?: unknown; query?: unknown };
  const described = typeof query === 'string' ? `Failed query: ${query}` : message;
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
  return {
    type: name,
    message: described,
    ...(code === undefined ? {} : { code }),
    stack: frames,
    ...(cause === undefined ? {} : { cause: errorFields(cause) }),
  };
}
