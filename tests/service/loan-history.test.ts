import { allocationId } from '../../src/domain/loans/allocation';
import { GENERATION_STEP } from '../../src/domain/lifecycle/restored';
import { Loans } from '../../src/service/loans/loans';
import { codeOf, somebody, TestEngine } from '../helpers/engine';
import { apply, aReservation } from '../store/rows';

/** Past loans of a resource are found by its generation, however many there are. */

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]';
const START = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
/** The first and the last of the loans that are kept; each takes a minute, and rests for another. */
const [FIRST, LAST] = [101, 350];
/** Since then, a backup was restored. */
const RESTORED = 2 * LAST + GENERATION_STEP;

let engine: TestEngine;
let loans: Loans;

const begin = (number: number) => START + 2 * number * MINUTE;

beforeAll(async () => {
  engine = await TestEngine.start({ pools: POOLS });
  loans = new Loans(engine.engine);
  const { id } = await engine.resource('lab-1');
  const numbers = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
  const { store } = engine.engine;
  await apply(store, { do: 'setResource', id, set: { generation: RESTORED } });
  for (const number of numbers) {
    const [generation, reservationId] = [2 * number - 1, `v${number}`];
    const times = { startedAt: begin(number), endedAt: begin(number) + MINUTE };
    await apply(
      store,
      {
        do: 'createReservation',
        reservation: aReservation(reservationId, { userId: `u${number}` }),
      },
      {
        do: 'allocate',
        allocation: {
          ...{ id: allocationId(id, generation), resourceId: id, reservationId, generation },
          ...{ item: 0, access: 'none', sealedAccess: null, ...times },
        },
      },
    );
  }
});

test.each([LAST, 230, 229, FIRST])('the loan of a time is found: number %i', async (number) => {
  const holder = { userId: `u${number}`, generation: 2 * number - 1 };
  expect(await loans.at('lab-1', begin(number))).toMatchObject(holder);
  expect(await loans.at('lab-1', begin(number) + MINUTE - 1)).toMatchObject(holder);
  expect(await loans.at('lab-1', begin(number) + MINUTE)).toBeNull();
});

test('a time from which no loan is kept is not one at which nobody had it', async () => {
  expect(await codeOf(loans.at('lab-1', begin(FIRST) - 1))).toBe('not_found');
  expect(await codeOf(loans.at('none', START))).toBe('not_found');
});

test('before its first loan, nobody had it', async () => {
  const other = await TestEngine.start({ pools: POOLS });
  const history = new Loans(other.engine);
  expect(await history.at('lab-1', other.clock.at)).toBeNull();
  await other.reserve(somebody(), { pool: 'lab' });
  expect(await history.at('lab-1', other.clock.at - 1)).toBeNull();
  expect(await history.at('lab-1', other.clock.at)).toMatchObject({ endedAt: null });
});

test('pages meet, the newest first, and end where loans are forgotten', async () => {
  const numbers: number[] = [];
  for (let after: number | null = null; ;) {
    const page = await loans.ofResource('lab-1', { after, limit: 90 });
    numbers.push(...page.map(({ generation }) => (generation + 1) / 2));
    if (page.length < 90) break;
    after = page.at(-1)!.generation;
  }
  expect(numbers).toEqual(Array.from({ length: LAST - FIRST + 1 }, (_, index) => LAST - index));
});
