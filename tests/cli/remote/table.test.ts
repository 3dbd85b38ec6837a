import { tableOf, type Column } from '../../../src/cli/remote/table';

const rows = [{ name: 'lab-1', why: 'in_service → maintenance: new fan', seq: 7 }];
type Row = (typeof rows)[number];

const shown = (columns: number, enough?: number) =>
  tableOf(
    rows,
    [
      { title: 'NAME', value: ({ name }) => name },
      { title: 'WHY', value: ({ why }) => why, rank: 1, enough },
      { title: 'SEQ', value: ({ seq }) => seq, rank: 2 },
    ] satisfies Column<Row>[],
    { columns, colours: false },
  );

test('a column that helps in part as well is cut before it goes', () => {
  expect(shown(30)).toBe('NAME\nlab-1');
  expect(shown(45, 12)).toBe(shown(45));
  expect(shown(40, 12)).toBe(`NAME   WHY\nlab-1  ${rows[0]!.why}`);
  expect(shown(25, 12)).toBe('NAME   WHY\nlab-1  in_service → main…');
  expect(shown(14, 12)).toBe('NAME\nlab-1');
});
