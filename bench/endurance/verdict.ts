import { atMost, median, percentile, told, type Figure } from '../result';
import { isHeld, type Book } from './book';
import { firstFullWindow, type Plan } from './plan';
import type { Sample, Samples } from './samples';

/** The last window may be so many times the first. */
const MOST = 1.2;
/** So many rows more are no growth: tables that hold a handful have more by chance. */
const FEW = 200;

/** What is promised of the run, and what else may be told of it. */
export function verdict(plan: Plan, book: Book, samples: Samples): Figure[] {
  const last = plan.windows - 1;
  const full = firstFullWindow(plan);
  const compared = (name: string, from: number, of: (window: number) => number) =>
    atMost(
      `${name}, last window to ${from === 0 ? 'first' : `number ${from + 1}`}`,
      of(last) / of(from),
      MOST,
      'times',
    );
  const resident = (window: number) => samples.of(window).map(({ residentMb }) => residentMb);
  return [
    atMost('faults', book.faultCount, 0),
    told(
      'answers 503 busy',
      [...book.busy.values()].reduce((sum, count) => sum + count, 0),
      '',
    ),
    compared('memory, median', 0, (window) => median(resident(window))),
    compared('memory, largest', 0, (window) => Math.max(...resident(window))),
    compared('p99 of calls that are not held', 0, (window) => book.p99(window)),
    compared('database with its log, largest', full, (window) =>
      Math.max(...samples.of(window).map(({ databaseMb, logMb }) => databaseMb + logMb)),
    ),
    ...growing(samples.rows[full]!, samples.rows[last]!),
  ];
}

/** No table goes on growing once what is old is forgotten. */
function growing(before: Record<string, number>, after: Record<string, number>): Figure[] {
  const grown = Object.entries(after).filter(
    ([table, count]) => count > MOST * (before[table] ?? 0) + FEW,
  );
  return [
    atMost(
      `tables that go on growing${grown.map(([table]) => ` ${table}`).join(',')}`,
      grown.length,
      0,
    ),
  ];
}

/** A table for people: a line a window, then one a route. */
export function tableOf(plan: Plan, book: Book, samples: Samples): string {
  const windows = Array.from({ length: plan.windows }, (_none, window) => window);
  const heads = [
    'window',
    'calls/s',
    'p50 ms',
    'p99 ms',
    'RSS median MB',
    'RSS largest',
    'database MB',
    'its log MB',
    'simulated MB',
    'server, % of a core',
    'others',
  ];
  const lines = windows.map((window) => classOf(plan, book, samples.of(window), window));
  const routes = book
    .routes()
    .map((route) => [
      route,
      String(windows.reduce((sum, window) => sum + book.sample(window, route).length, 0)),
      ...windows.map((window) => book.p99(window, route).toFixed(1)),
      isHeld(route) ? 'held' : '',
    ]);
  const ofRoutes = ['route', 'calls', ...windows.map((window) => `p99 ms, ${window + 1}`), ''];
  return `${markdown([heads, ...lines])}\n\n${markdown([ofRoutes, ...routes])}`;
}

function classOf(plan: Plan, book: Book, own: Sample[], window: number): string[] {
  const largest = (of: keyof Sample) => Math.max(...own.map((sample) => sample[of])).toFixed(1);
  const share = (of: 'processor' | 'others') =>
    ((100_000 * (own.at(-1)![of] - own[0]![of])) / (own.at(-1)!.at - own[0]!.at)).toFixed(0);
  const minute = (at: number) => (at / 60_000).toFixed(1);
  const start = plan.warmUp + window * plan.window;
  const times = book.sample(window);
  return [
    `${minute(start)}–${minute(start + plan.window)} min`,
    String(Math.round(allOf(book, window) / (plan.window / 1000))),
    ...[0.5, 0.99].map((part) => percentile(times, part).toFixed(1)),
    median(own.map(({ residentMb }) => residentMb)).toFixed(1),
    ...(['residentMb', 'databaseMb', 'logMb', 'simulatedMb'] as const).map(largest),
    share('processor'),
    share('others'),
  ];
}

function allOf(book: Book, window: number): number {
  return book.routes().reduce((sum, route) => sum + book.sample(window, route).length, 0);
}

function markdown([heads, ...lines]: string[][]): string {
  return [heads!, heads!.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
