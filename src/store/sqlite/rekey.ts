import type Database from 'better-sqlite3';
import { DomainError } from '../../domain/errors';
import { REKEY_MARKER } from '../store';
import { connect } from './database';
import { installation } from './metadata';

/**
 * Every column that holds sealed texts, and the column that identifies its rows. The associated
 * data of a text is `<aad>/<row>/<column>`; `aad` is the name that the table had when it was first
 * sealed, and outlives a rename of the table.
 */
export const SEALED_COLUMNS = [
  { table: 'credentials', aad: 'credentials', key: 'id', column: 'sealed' },
  { table: 'allocations', aad: 'allocations', key: 'id', column: 'sealed_access' },
  { table: 'reservations', aad: 'reservations', key: 'id', column: 'sealed_access' },
  { table: 'operations', aad: 'operations', key: 'id', column: 'sealed_memo' },
  { table: 'webhooks', aad: 'webhooks', key: 'id', column: 'sealed_secrets' },
  { table: 'metadata', aad: 'facts', key: 'name', column: 'value' },
] as const;
type SealedColumn = (typeof SEALED_COLUMNS)[number];

/** Seals and opens texts under one master key. */
export interface Sealing {
  keyId: string;
  seal: (aad: string, text: string) => string;
  open: (aad: string, sealed: string) => string;
}

const MASTER_KEY = 'master_key';
/** The most texts resealed in one transaction. */
const BATCH = 200;

/**
 * Reseals everything under another master key, in short transactions. If it is cut off, it can
 * simply be repeated with the same two keys, because each text says which key it is under. At the
 * end, nothing sealed under the old key is left in the file, free pages included. Returns the
 * number of texts resealed. Errors: DomainError `conflict`.
 */
export function rekey(file: string, from: Sealing, to: Sealing): number {
  const db = connect(file, 5_000);
  const metadata = installation(db);
  const connection = db.$client;
  try {
    demandKeys(metadata.metadata(MASTER_KEY), metadata.metadata(REKEY_MARKER), from, to);
    if (metadata.metadata(MASTER_KEY) !== to.keyId) metadata.setMetadata(REKEY_MARKER, to.keyId);
    const sealed = SEALED_COLUMNS.reduce(
      (sum, column) => sum + rekeyColumn(connection, column, from, to),
      0,
    );
    const finish = connection.transaction(() => {
      metadata.setMetadata(MASTER_KEY, to.keyId);
      connection.prepare('DELETE FROM metadata WHERE name = ?').run(REKEY_MARKER);
    });
    finish.immediate();
    connection.exec('VACUUM');
    connection.pragma('wal_checkpoint(TRUNCATE)');
    return sealed;
  } finally {
    connection.close();
  }
}

function demandKeys(
  known: string | null,
  underWay: string | null,
  from: Sealing,
  to: Sealing,
): void {
  if (underWay !== null && underWay !== to.keyId)
    throw new DomainError(
      'conflict',
      `A change to master key ${underWay} was begun; complete it with that key first.`,
      'NEW_MASTER_KEY',
    );
  if (known !== to.keyId && known !== from.keyId)
    throw new DomainError(
      'conflict',
      `The database is sealed under master key ${known}, not ${from.keyId}.`,
      'MASTER_KEY',
    );
}

function rekeyColumn(
  connection: Database.Database,
  { table, aad, key, column }: SealedColumn,
  from: Sealing,
  to: Sealing,
): number {
  const page = connection.prepare<[string, string, number], { row: string; sealed: string }>(
    `SELECT ${key} AS row, ${column} AS sealed FROM ${table} WHERE ${key} > ? AND ` +
      `substr(${column}, 1, 12) = ? ORDER BY ${key} LIMIT ?`,
  );
  const update = connection.prepare<[string, string]>(
    `UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`,
  );
  const sealAnew = connection.transaction((rows: { row: string; sealed: string }[]) => {
    for (const { row, sealed } of rows) {
      const associatedData = `${aad}/${row}/${column}`;
      update.run(to.seal(associatedData, from.open(associatedData, sealed)), row);
    }
  });
  for (let total = 0, after = ''; ;) {
    const rows = page.all(after, `v1.${from.keyId}.`, BATCH);
    if (rows.length === 0) return total;
    sealAnew.immediate(rows);
    total += rows.length;
    after = rows.at(-1)!.row;
  }
}
