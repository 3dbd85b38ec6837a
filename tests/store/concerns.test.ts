import type { Change } from '../../src/domain/change';
import { CONCERN, concernsOf } from '../../src/store/concerns';
import { anOperation, aReservation } from './rows';

const { reservations, work } = CONCERN;
const event = (type: string) =>
  ({ do: 'append', event: { type, reservationId: 'v1', userId: 'u1' } }) as Change;
const set = (fields: (Change & { do: 'setResource' })['set']): Change => ({
  ...{ do: 'setResource', id: 'r1' },
  set: fields,
});
const due = set({ status: 'dirty', dueAt: 5 });

test.each<[string, Change[], number]>([
  ['nothing', [], 0],
  ['a request that is queued', [event('reservation.queued')], 0],
  ['a reservation that changes', [event('reservation.active')], reservations],
  [
    'a reservation that is written',
    [{ do: 'createReservation', reservation: aReservation('v1') }],
    0,
  ],
  ['an event of something else', [event('resource.allocated')], 0],
  ['a call that is due', [due], work],
  ['a resource that may be lent', [set({ status: 'available', dueAt: 9 })], work],
  ['a loan that needs no call', [set({ status: 'allocated', dueAt: null })], 0],
  ['a loan whose access is to be opened', [set({ status: 'allocated', dueAt: 5 })], work],
  [
    'a claim',
    [due, { do: 'createOperation', operation: anOperation('o1', 'r1', { claimedBy: 'w' }) }],
    0,
  ],
  [
    'a call that follows another',
    [due, { do: 'setOperation', id: 'o1', set: { claimedUntil: 9 } }],
    0,
  ],
  ['a call that failed', [due, { do: 'setOperation', id: 'o1', set: { claimedUntil: 0 } }], work],
  ['what nobody has thought of', [{ do: 'clearQueues', poolId: 'p1' }], work],
  ['several', [event('reservation.ended'), due], reservations | work],
])('%s', (_what, changes, expected) => {
  expect(concernsOf(changes)).toBe(expected);
});
