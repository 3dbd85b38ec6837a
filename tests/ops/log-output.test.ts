import { LogOutput, type LostLines } from '../../src/log-output';

/** An output of which the test says what it takes. */
class Output {
  /** The system's code with which it refuses; null: it takes everything. */
  refuses: string | null = null;
  /** The most that it takes at once, in bytes. */
  most = Infinity;
  text = '';
  readonly lost: LostLines[] = [];
  readonly log = new LogOutput(-1, {
    mostKept: 20,
    onLost: (lost) => {
      this.lost.push(lost);
      this.log.write('lost\n');
    },
    write: (_fd, bytes) => {
      if (this.refuses !== null) throw Object.assign(new Error(), { code: this.refuses });
      const taken = bytes.subarray(0, this.most);
      this.text += Buffer.from(taken).toString();
      return taken.length;
    },
  });
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test.each(['ENOSPC', 'EIO', 'EPIPE', 'EAGAIN', 'EBADF'])(
  'an output that fails with %s stops nobody; what is kept comes first, then how much was lost',
  (code) => {
    const output = new Output();
    output.log.write('first\n');
    output.refuses = code;
    for (let line = 0; line < 10; line += 1) output.log.write(`line ${line}\n`);
    expect({ text: output.text, lost: output.lost }).toEqual({ text: 'first\n', lost: [] });
    output.refuses = null;
    jest.runOnlyPendingTimers();
    expect(output.lost).toEqual([{ lines: 8, code }]);
    expect(output.text).toBe('first\nline 0\nline 1\nlost\n');
    output.log.write('last\n');
    expect(output.text).toMatch(/lost\nlast\n$/);
    expect(jest.getTimerCount()).toBe(0);
  },
);

test('it is tried again until it works, and each loss is told once', () => {
  const output = new Output();
  output.refuses = 'ENOSPC';
  for (let line = 0; line < 4; line += 1) output.log.write(`line ${line}\n`);
  for (let time = 0; time < 3; time += 1) jest.runOnlyPendingTimers();
  expect(output.text).toBe('');
  output.refuses = null;
  jest.runOnlyPendingTimers();
  output.refuses = 'EIO';
  for (let line = 4; line < 8; line += 1) output.log.write(`line ${line}\n`);
  output.refuses = null;
  jest.runOnlyPendingTimers();
  expect(output.lost).toEqual([
    { lines: 2, code: 'ENOSPC' },
    { lines: 2, code: 'EIO' },
  ]);
});

test('a line that is taken in pieces arrives whole, even one longer than what is kept', () => {
  const output = new Output();
  output.most = 7;
  output.log.write(`${'x'.repeat(50)}\n`);
  expect(output.text).toBe(`${'x'.repeat(50)}\n`);
  expect(output.lost).toEqual([]);
});

test('the end tries once more', () => {
  const output = new Output();
  output.refuses = 'EAGAIN';
  output.log.write('stopping\n');
  output.refuses = null;
  output.log.flush();
  expect(output.text).toBe('stopping\n');
  expect(jest.getTimerCount()).toBe(0);
});
