import { COUNTED_STATES, countedStates } from '../../src/domain/lifecycle/counted-states';
import { ADMIN_STATES, RESOURCE_STATUSES } from '../../src/domain/lifecycle/resource';
import { countStates } from '../../src/service/loans/views';

const all = RESOURCE_STATUSES.filter((status) => status !== 'destroyed').flatMap((status) =>
  ADMIN_STATES.flatMap((adminState) =>
    [false, true].map((held) => ({ status, adminState, held, poolId: 'p', type: 't', count: 1 })),
  ),
);

test('every resource that exists counts in a state, and no counter has another', () => {
  for (const each of all) {
    const states = countedStates(each);
    expect(states.length).toBeGreaterThan(0);
    const { total, ...counts } = countStates([each]);
    expect(total).toBe(1);
    expect(COUNTED_STATES.filter((state) => counts[state] === 1).sort()).toEqual(states.sort());
  }
});

test('an admin who took it out comes first', () => {
  for (const each of all)
    if (each.adminState !== 'in_service') expect(countedStates(each)[0]).toBe(each.adminState);
});

test('only one that can be lent now is available', () => {
  const available = all.filter((each) => countedStates(each).includes('available'));
  expect(available).toEqual([
    { ...all[0], status: 'available', adminState: 'in_service', held: false },
  ]);
});
