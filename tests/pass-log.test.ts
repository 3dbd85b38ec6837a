import { passLog } from '../src/pass-log';

/** Lines of the log, and a clock. */
function logging() {
  const lines: unknown[][] = [];
  let now = 0;
  const log = {
    info: (...line: unknown[]) => void lines.push(['info', ...line]),
    debug: (...line: unknown[]) => void lines.push(['debug', ...line]),
    error: (...line: unknown[]) => void lines.push(['error', ...line]),
  };
  const { passed, failed } = passLog(log, () => now);
  const pass = (written: number, ms: number, at: number) => {
    now = at;
    passed({ written, ms });
    return lines.splice(0);
  };
  return { pass, failed, lines };
}

test('passes that wrote are told once a second, together', () => {
  const { pass } = logging();
  expect(pass(3, 2, 0)).toEqual([['info', { passes: 1, written: 3, ms: 2 }, 'pass']]);
  expect(pass(1, 1, 10)).toEqual([]);
  expect(pass(2, 1, 999)).toEqual([]);
  expect(pass(4, 1, 1_000)).toEqual([['info', { passes: 3, written: 7, ms: 3 }, 'pass']]);
});

test('a pass that wrote nothing is for debugging, and tells those before it when it is time', () => {
  const { pass } = logging();
  const nothing = ['debug', { written: 0, ms: 1 }, 'pass'];
  expect(pass(0, 1, 0)).toEqual([nothing]);
  pass(1, 1, 0);
  pass(1, 1, 10);
  expect(pass(0, 1, 500)).toEqual([nothing]);
  expect(pass(0, 1, 1_000)).toEqual([nothing, ['info', { passes: 1, written: 1, ms: 1 }, 'pass']]);
});

test('a failed pass is told at once', () => {
  const { failed, lines } = logging();
  failed(new Error('no'));
  expect(lines).toEqual([['error', { err: new Error('no') }, 'pass failed']]);
});
