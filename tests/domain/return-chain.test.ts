import fc from 'fast-check';
import {
  ChainCheck,
  CHAIN_START,
  type ChainFault,
  type ChainPlace,
  type Link,
} from '../../src/domain/returns/chain';
import { linkHash } from '../../src/store/chain';
import { SEED } from '../helpers/seed';

/** A chain of records, after a place. */
function chainOf(count: number, first: ChainPlace = CHAIN_START): Link[] {
  const links: Link[] = [];
  for (let at = first; links.length < count;) {
    const record = JSON.stringify({ resource: `lab-${at.seq + 1}` });
    at = { seq: at.seq + 1, hash: linkHash(at.hash, record) };
    links.push({ ...at, previous: links.at(-1)?.hash ?? first.hash, record });
  }
  return links;
}

const placeOf = ({ seq, hash }: ChainPlace): ChainPlace => ({ seq, hash });

function check(links: Link[], last: ChainPlace | null, first: ChainPlace | null = null) {
  const checking = new ChainCheck(first, linkHash);
  for (const link of links) checking.take(link);
  checking.end(last);
  return checking;
}

/** The faults of a chain of nine in which something was changed. */
function faultsAfter(change: (links: Link[]) => Link[]): ChainFault[] {
  const links = chainOf(9);
  return check(change(structuredClone(links)), placeOf(links.at(-1)!)).faults;
}

describe('a chain of records', () => {
  it('that is whole has no fault, from its start or after what was forgotten', () => {
    const links = chainOf(9);
    expect(check(links, placeOf(links[8]!))).toMatchObject({ count: 9, found: 0, faults: [] });
    const rest = check(links.slice(4), placeOf(links[8]!), placeOf(links[3]!));
    expect(rest).toMatchObject({ count: 5, faults: [] });
    expect(check([], null).faults).toEqual([]);
  });

  it.each<[string, (links: Link[]) => Link[], ChainFault[]]>([
    [
      'an altered record',
      (links) => links.map((one) => (one.seq === 4 ? { ...one, record: '{"resource":"x"}' } : one)),
      [{ fault: 'altered', seq: 4, resource: 'x' }],
    ],
    [
      'an altered hash',
      (links) => links.map((one) => (one.seq === 4 ? { ...one, hash: 'f'.repeat(64) } : one)),
      [
        { fault: 'altered', seq: 4, resource: 'lab-4' },
        { fault: 'misplaced', seq: 5, resource: 'lab-5' },
      ],
    ],
    [
      'a record that is no JSON any more',
      (links) => links.map((one) => (one.seq === 4 ? { ...one, record: 'x' } : one)),
      [{ fault: 'altered', seq: 4, resource: null }],
    ],
    [
      'a missing record',
      (links) => links.filter(({ seq }) => seq !== 4),
      [{ fault: 'missing', seq: 4, through: 4 }],
    ],
    [
      'several missing records',
      (links) => links.filter(({ seq }) => seq < 3 || seq > 6),
      [{ fault: 'missing', seq: 3, through: 6 }],
    ],
    [
      'the first one missing',
      (links) => links.slice(1),
      [{ fault: 'missing', seq: 1, through: 1 }],
    ],
    [
      'the last ones missing',
      (links) => links.slice(0, 7),
      [{ fault: 'missing', seq: 8, through: 9 }],
    ],
    ['all missing', () => [], [{ fault: 'missing', seq: 1, through: 9 }]],
    [
      'two that changed places',
      (links) => {
        const [a, b] = [links[3]!, links[6]!];
        return links.map((one) =>
          one === a ? { ...b, seq: 4 } : one === b ? { ...a, seq: 7 } : one,
        );
      },
      [
        { fault: 'misplaced', seq: 4, resource: 'lab-7' },
        { fault: 'misplaced', seq: 5, resource: 'lab-5' },
        { fault: 'misplaced', seq: 7, resource: 'lab-4' },
        { fault: 'misplaced', seq: 8, resource: 'lab-8' },
      ],
    ],
    [
      'one missing, and the rest renumbered',
      (links) =>
        links.filter(({ seq }) => seq !== 4).map((one, index) => ({ ...one, seq: index + 1 })),
      [
        { fault: 'misplaced', seq: 4, resource: 'lab-5' },
        { fault: 'missing', seq: 9, through: 9 },
      ],
    ],
    [
      'the last one written anew, with its hash',
      (links) => {
        const record = '{"resource":"forged"}';
        const { seq, previous } = links[8]!;
        return [...links.slice(0, 8), { seq, previous, record, hash: linkHash(previous, record) }];
      },
      [{ fault: 'misplaced', seq: 9, resource: null }],
    ],
  ])('shows %s', (_name, change, faults) => {
    expect(faultsAfter(change)).toEqual(faults);
  });

  it('shows every single change of a byte, and the removal of any record', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.nat(), fc.boolean(), (index, at, isRemoved) => {
        const found = faultsAfter((links) => {
          if (isRemoved) return links.filter((_one, place) => place !== index);
          const { record } = links[index]!;
          const place = at % record.length;
          const other = record[place] === 'x' ? 'y' : 'x';
          links[index]!.record = record.slice(0, place) + other + record.slice(place + 1);
          return links;
        });
        expect(found[0]).toMatchObject({ seq: index + 1 });
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('counts all faults, and tells a hundred', () => {
    const links = chainOf(300).map((link) => ({ ...link, record: 'x' }));
    const { found, faults } = check(links, placeOf(links.at(-1)!));
    expect({ found, told: faults.length }).toEqual({ found: 300, told: 100 });
  });
});
