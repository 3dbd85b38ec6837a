import { slots } from '../../src/crypto/slots';

/** Slots whose tasks end when they are told to. */
function start(running: number, waiting: number) {
  const run = slots(running, waiting);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, from: string) =>
    run(async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    }, from).catch(({ code }: { code: string }) => code);
  const end = async (name: string) => {
    ends.get(name)!();
    await new Promise(setImmediate);
  };
  return { ask, begun, end };
}

test('origins take turns, each in the order of its tasks', async () => {
  const { ask, begun, end } = start(1, 10);
  const asked = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((name) => ask(name, name[0]!));
  await new Promise(setImmediate);
  for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'b2']) {
    expect(begun.at(-1)).toBe(name);
    await end(name);
  }
  expect(await Promise.all(asked)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
});

test('one who waits for much gives way to one who waits for less, and not the other way', async () => {
  const { ask, begun, end } = start(1, 4);
  const a = ['a0', 'a1', 'a2', 'a3', 'a4'].map((name) => ask(name, 'a'));
  expect(await ask('a5', 'a')).toBe('busy');
  const b = ['b1', 'b2'].map((name) => ask(name, 'b'));
  expect(await Promise.all(a.slice(3))).toEqual(['busy', 'busy']);
  expect(await ask('b3', 'b')).toBe('busy');
  const others = [ask('c1', 'c'), ask('d1', 'd')];
  expect(await Promise.all([a[2], b[1]])).toEqual(['busy', 'busy']);
  expect(await ask('e1', 'e')).toBe('busy');
  for (const name of ['a0', 'a1', 'b1', 'c1', 'd1']) {
    expect(begun.at(-1)).toBe(name);
    await end(name);
  }
  expect(await Promise.all([a[1], b[0], ...others])).toEqual(['a1', 'b1', 'c1', 'd1']);
});
