import type { z } from 'zod';
import { suggested } from './nearest';

type Issue = z.core.$ZodRawIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object, written as key: value',
  record: 'must be an object, written as key: value',
  null: 'must be null',
};

const FORMATS: Readonly<Record<string, string>> = {
  ipv4: 'must be an IPv4 address',
  ipv6: 'must be an IPv6 address',
  email: 'must be an e-mail address',
  url: 'must be a URL',
  datetime: 'must be a time like 2026-01-31T12:00:00Z',
};

/** The bounds of a text, a list, or a number. */
const SIZES: Readonly<Record<string, (bound: string, count: unknown) => string>> = {
  string: (bound, count) => `must have ${bound} ${plural(count, 'character')}`,
  array: (bound, count) => `must have ${bound} ${plural(count, 'entry', 'entries')}`,
};

/**
 * Says in plain words how a value breaks its schema, where the schema itself does not; zod's own
 * messages are written for programmers. Quotes no value, because it may be a secret.
 */
export function plainWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wordsOfType(issue);
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'too_small':
      return wordsOfSize(issue.origin, issue.minimum, issue.inclusive ? 'at least' : 'more than');
    case 'too_big':
      return wordsOfSize(issue.origin, issue.maximum, issue.inclusive ? 'at most' : 'less than');
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'starts_with'
        ? `must begin with ${String(issue.prefix)}`
        : (FORMATS[issue.format] ?? 'does not have the form that is allowed here');
    case 'invalid_union':
      return anyOf(issue.errors.flatMap((option) => option.slice(0, 1)));
    case 'invalid_key':
      return `is no name that is allowed here: ${issue.issues.map(({ message }) => message).join('; ')}`;
    default:
      return 'is not allowed here';
  }
}

function wordsOfType({ expected, input }: Issue & { code: 'invalid_type' }): string {
  const words = TYPES[expected] ?? 'is of another kind than is allowed here';
  return expected === 'string' && typeof input === 'number'
    ? `${words}; put a number in quotes`
    : words;
}

function wordsOfSize(origin: string, count: unknown, bound: string): string {
  if (origin === 'string' && bound === 'at least' && count === 1) return 'must not be empty';
  return SIZES[origin]?.(bound, count) ?? `must be ${bound} ${String(count)}`;
}

/** Joins alternatives: `must be text or a number`. */
function anyOf(options: readonly { message: string }[]): string {
  const [first = 'is not allowed here', ...others] = new Set(options.map(({ message }) => message));
  return [first, ...others.map((other) => other.replace(/^must be /, ''))].join(' or ');
}

function oneOf(words: readonly string[], written: unknown): string {
  if (words.length === 1) return `must be ${words[0]}`;
  return `must be one of ${words.join(', ')}${suggested(written, words)}`;
}

function plural(count: unknown, one: string, many = `${one}s`): string {
  return `${String(count)} ${Number(count) === 1 ? one : many}`;
}
