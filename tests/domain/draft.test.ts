import type { Change } from '../../src/domain/change';
import { Draft, type LifecycleRows } from '../../src/domain/lifecycle/draft';
import { mergeUpdates } from '../../src/domain/merge-updates';
import { anAllocation, anOperation, aResource } from '../store/rows';
import { credential, NOW } from './support/lifecycle';

/** Each row is written once, whatever happened to it, and only where it differs. */

const rows = (fields: Partial<LifecycleRows> = {}): LifecycleRows => ({
  resource: aResource('r1', { status: 'cleaning', operationId: 'op', failures: 1 }),
  operation: anOperation('op', 'r1'),
  credentials: [],
  allocation: anAllocation('r1', 'loan'),
  ...fields,
});

describe('a draft', () => {
  it('that nothing was done with says nothing', () => {
    expect(new Draft(rows()).changes()).toEqual([]);
  });

  it('writes a field that changed and changed back not at all', () => {
    const draft = new Draft(rows());
    draft.set({ failures: 0, reason: 'x' });
    draft.set({ failures: 1 });
    draft.setOperation({ step: 'prove' });
    draft.setOperation({ step: 'call' });
    expect(draft.changes()).toEqual([{ do: 'setResource', id: 'r1', set: { reason: 'x' } }]);
  });

  it('leaves the rows alone from which it was made', () => {
    const before = rows();
    const copy = structuredClone(before);
    const draft = new Draft(before);
    draft.move('ready');
    draft.setAllocation({ endedAt: NOW });
    draft.finishOperation('done', null, NOW);
    expect(before).toEqual(copy);
  });

  it('ends the operation before it begins another', () => {
    const draft = new Draft(rows());
    draft.finishOperation('done', null, NOW);
    draft.startOperation(anOperation('op-2', 'r1', { kind: 'verify' }));
    draft.setOperation({ attempt: 7 });
    expect(draft.changes().filter(({ do: what }) => what.endsWith('Operation'))).toEqual([
      { do: 'setOperation', id: 'op', set: { outcome: 'done', finishedAt: NOW } },
      {
        do: 'createOperation',
        operation: anOperation('op-2', 'r1', { kind: 'verify', attempt: 7 }),
      },
    ]);
  });

  it('records every move, and none where the status stays', () => {
    const draft = new Draft(rows());
    draft.move('setback', 'why');
    draft.move('mark_dirty');
    draft.move([]);
    draft.move('clean');
    const events = draft
      .changes()
      .flatMap((change) => (change.do === 'append' ? change.event : []));
    expect(events.map(({ data }) => data)).toEqual([
      { from: 'cleaning', to: 'dirty', generation: 0, reason: 'why' },
      { from: 'dirty', to: 'cleaning', generation: 0 },
    ]);
    expect(() => draft.move('allocate')).toThrow('cannot allocate');
  });

  it('records several moves at once as one, and only if each is possible', () => {
    const draft = new Draft(rows());
    draft.move(['ready', 'allocate']);
    const events = draft.changes().filter((change) => change.do === 'append');
    expect(events).toMatchObject([{ event: { data: { from: 'cleaning', to: 'allocated' } } }]);
    expect(() => draft.move(['quarantine', 'clean'])).toThrow('cannot quarantine');
    expect(draft.resource.status).toBe('allocated');
  });

  it('takes the changes of others in, of its own rows into these', () => {
    const draft = new Draft(rows());
    const foreign: Change[] = [
      { do: 'setResource', id: 'r2', set: { failures: 3 } },
      { do: 'setAllocation', id: 'r2.1', set: { endedAt: NOW } },
    ];
    draft.set({ reason: 'own' });
    draft.include([
      { do: 'setResource', id: 'r1', set: { generation: 9 } },
      { do: 'setAllocation', id: 'r1.1', set: { endedAt: NOW } },
      ...foreign,
    ]);
    expect(draft.resource.generation).toBe(9);
    expect(draft.changes()).toEqual([
      { do: 'setResource', id: 'r1', set: { reason: 'own', generation: 9 } },
      { do: 'setAllocation', id: 'r1.1', set: { endedAt: NOW } },
      ...foreign,
    ]);
  });

  it('drops and retires credentials before another becomes current', () => {
    const before = [
      credential('new', 'next'),
      credential('old', 'current'),
      credential('x', 'next'),
    ];
    const draft = new Draft(rows({ credentials: before }));
    draft.credentials = [credential('new', 'current'), credential('old', 'retiring')];
    expect(draft.changes()).toEqual([
      { do: 'dropCredential', id: 'x' },
      { do: 'setCredential', id: 'old', state: 'retiring' },
      { do: 'setCredential', id: 'new', state: 'current' },
    ]);
  });
});

test('updates of one row are merged into the first; the later value wins', () => {
  const changes: Change[] = [
    { do: 'setResource', id: 'r1', set: { status: 'available', rank: 1 } },
    { do: 'dequeue', reservationId: 'loan' },
    { do: 'setResource', id: 'r2', set: { rank: 2 } },
    { do: 'setReservation', id: 'r1', set: { overtaken: 1 } },
    { do: 'setResource', id: 'r1', set: { status: 'allocated' } },
  ];
  const copy = structuredClone(changes);
  expect(mergeUpdates(changes)).toEqual([
    { do: 'setResource', id: 'r1', set: { status: 'allocated', rank: 1 } },
    ...changes.slice(1, 4),
  ]);
  expect(changes).toEqual(copy);
});
