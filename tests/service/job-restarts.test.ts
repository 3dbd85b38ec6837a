import { restartAfter, type Restart } from '../../src/service/jobs/restarts';

/** The ends of a thread that lived for these times, in ms. */
function ends(...lives: number[]): Restart[] {
  const found: Restart[] = [];
  for (const lived of lives) found.push(restartAfter(found.at(-1), lived, 'gone'));
  return found;
}

test('a thread that dies at once is started again after pauses that double up to a minute', () => {
  const pauses = ends(...Array<number>(9).fill(5)).map(({ pause }) => pause / 1_000);
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('a thread that has lived for a minute begins with the shortest pause', () => {
  const pauses = ends(5, 5, 59_999, 60_000, 5).map(({ pause }) => pause / 1_000);
  expect(pauses).toEqual([1, 2, 4, 1, 2]);
});

test('an end is news only where its reason or the pause is another one', () => {
  const all = ends(...Array<number>(9).fill(5));
  expect(all.map(({ isNews }) => isNews)).toEqual([...Array<boolean>(7).fill(true), false, false]);
  expect(restartAfter(all.at(-1), 5, 'full').isNews).toBe(true);
  expect(restartAfter(all.at(-1), 60_000, 'gone').isNews).toBe(true);
});
