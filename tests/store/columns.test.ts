import { join } from 'node:path';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { updater } from '../../src/store/sqlite/columns';
import { connect } from '../../src/store/sqlite/database';
import { temporaryDirectory } from '../helpers/engine';

const COUNT = 60;
const names = Array.from({ length: COUNT }, (_, index) => `c${index}`);
const wide = sqliteTable('wide', {
  id: text('id').primaryKey(),
  ...Object.fromEntries(names.map((name) => [name, integer(name)])),
});

it('updates just the fields that are given, in a table of more than 53 columns too', () => {
  const db = connect(join(temporaryDirectory(), 'wide.db'));
  const columns = names.map((name) => `${name} integer`).join(', ');
  db.$client.exec(`create table wide (id text primary key, ${columns})`);
  db.$client.exec("insert into wide (id) values ('a')");
  const update: (id: string, set: object) => void = updater(db, wide, wide.id);
  // As sums of powers of two these two sets are one and the same number.
  update('a', { c0: 1, c59: 2 });
  update('a', { c1: 3, c59: 4 });
  update('a', { c59: 5, c1: undefined });
  update('a', {});
  const row = db.$client.prepare('select * from wide').get();
  expect(row).toMatchObject({ id: 'a', c0: 1, c1: 3, c2: null, c58: null, c59: 5 });
  db.$client.close();
});
