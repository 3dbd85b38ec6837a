/** One figure of the bench; `bound` and `passes` where a promise is made of it. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  bound?: string;
  passes?: boolean;
}

export function atLeast(name: string, value: number, least: number, unit = ''): Figure {
  return { name, value: rounded(value), unit, bound: `≥ ${least}`, passes: value >= least };
}

export function atMost(name: string, value: number, most: number, unit = ''): Figure {
  return { name, value: rounded(value), unit, bound: `≤ ${most}`, passes: value <= most };
}

/** A figure that nothing is promised of. */
export function told(name: string, value: number, unit: string): Figure {
  return { name, value: rounded(value), unit };
}

/** The value below which this share of the sample lies. */
export function percentile(sample: number[], share: number): number {
  const inOrder = [...sample].sort((a, b) => a - b);
  return inOrder[Math.min(inOrder.length - 1, Math.floor(share * inOrder.length))] ?? NaN;
}

export function median(sample: number[]): number {
  return percentile(sample, 0.5);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** A figure for people. */
export function classOf({ name, value, unit, bound, passes }: Figure): string {
  const judged = bound === undefined ? '' : `   ${bound}   ${passes ? 'ok' : 'MISSED'}`;
  return `${name.padEnd(60)} ${String(value).padStart(10)} ${unit}${judged}`;
}

/** `BENCH_<name>`, or what is usual. */
export function size(name: string, byDefault: number): number {
  return Number(process.env[`BENCH_${name}`] ?? byDefault);
}
