import pino, { type Logger } from 'pino';
import type prettily from 'pino-pretty';

export interface LogOptions {
  level: string;
  /** `pretty`: for people. */
  format: 'json' | 'pretty';
  /** Stands in every line. */
  base?: Record<string, unknown>;
}

/** Fields that are never written down, wherever in a line they stand. */
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
 * The log of this thread, on stdout. Written by the thread itself: pino's transports do not work in
 * one executable.
 */
export function makeLog({ level, format, base }: LogOptions): Logger {
  const options = {
    level,
    base,
    redact: { paths: PATHS, censor: '[secret]' },
    serializers: { err: errorFields },
  };
  if (format === 'json') return pino(options);
  const pretty = require('pino-pretty') as typeof prettily;
  return pino(options, pretty({ destination: 1, sync: true, colorize: process.stdout.isTTY }));
}

/**
 * The same log for lines whose every field is known to hold no secret, whatever the caller sent:
 * looking for secrets costs more than writing the line.
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
 * What is logged of an error: a failed query without its parameters, which may hold what nobody
 * should read.
 */
export function errorFields(error: unknown): ErrorFields {
  if (
    !(error instanceof Error) &&
    (typeof error !== 'object' || error === null || !('message' in error))
  )
    return { type: typeof error, message: 'something that is no error was thrown' };
  const {
    name,
    message,
    stack = '',
    code,
    query,
    cause,
  } = error as Error & { code?: unknown; query?: unknown };
  const spoken = typeof query === 'string' ? `Failed query: ${query}` : message;
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
  return {
    type: name,
    message: spoken,
    ...(code === undefined ? {} : { code }),
    stack: frames,
    ...(cause === undefined ? {} : { cause: errorFields(cause) }),
  };
}
