import { HoldfastError } from './errors';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SHAPE = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;

/** A duration as people write it, such as `30s`, `5m`, `1.5h` or `2d`; or a number of seconds. */
export type Duration = string | number;

/**
 * Gives a duration in ms. `name`: the option that holds it, for the message. Errors:
 * `InvalidDurationError`.
 */
export function millisecondsOf(written: Duration, name: string): number {
  const [, amount, unit] = SHAPE.exec(String(written)) ?? [];
  const ms =
    typeof written === 'number'
      ? written * UNITS.s
      : Number(amount) * UNITS[unit as keyof typeof UNITS];
  if (ms >= 0 && ms < Infinity) return Math.round(ms);
  throw new InvalidDurationError(written, name);
}

/**
 * Gives a duration in whole seconds, as the API counts: rounded up, so that nobody gets less than
 * was asked for. Errors: `InvalidDurationError`.
 */
export function secondsOf(written: Duration, name: string): number {
  return Math.ceil(millisecondsOf(written, name) / UNITS.s);
}

/** An option should hold a duration and does not. */
export class InvalidDurationError extends HoldfastError {
  constructor(written: unknown, name: string) {
    super(
      `${name}: ${JSON.stringify(written)} is no duration; ` +
        'write one like 30s, 5m, 2h or 1d, or a number of seconds.',
    );
    this.name = 'InvalidDurationError';
  }
}
