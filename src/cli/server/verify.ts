import { resolve } from 'node:path';
import { isEncrypted } from '../../backup/restore';
import { verifyReturns } from '../../backup/verify';
import { readConfig } from '../../config';
import { DataDirectory } from '../../data-directory';
import type { ChainFault } from '../../domain/returns/chain';
import { DamagedError } from '../../sqlite/backup';
import { hasSqliteCode } from '../../sqlite/open';
import type { ChainReport } from '../../store/chain';
import { give, tell } from '../alone';
import { Refusal } from '../exit-codes';
import { identitiesOf } from './identities';
import { requireFile } from './input-file';

/** Checks the return records of a file. Errors: Refusal, AgeError, DamagedError. */
export async function verify(
  path: string | undefined,
  { identity }: { identity?: string },
): Promise<void> {
  const file =
    path === undefined ? new DataDirectory(readConfig().dataDir).database : resolve(path);
  const named = path ?? file;
  requireFile(file, named);
  if (isEncrypted(file) && identity === undefined)
    throw new Refusal('usage', `${named} is encrypted; --identity is needed.`);
  const report = await verifyReturns(file, identitiesOf(identity)).catch((error: unknown) => {
    if (hasSqliteCode(error, 'SQLITE_NOTADB', 'SQLITE_CORRUPT'))
      throw new DamagedError(named, 'it is not a database, or its pages are damaged');
    throw error;
  });
  if (!report)
    throw new Refusal(
      'missing',
      `${named} has no return records: it is from before there were any, or not Holdfast's.`,
    );
  give({ file, ...report });
  for (const fault of report.faults) tell(`holdfast: ${described(fault)}`);
  if (report.faultCount > 0)
    throw new DamagedError(named, `${count(report.faultCount, 'fault')} in its return records`);
  tell(summary(report));
}

function described(fault: ChainFault): string {
  if (fault.fault === 'missing')
    return fault.seq === fault.through
      ? `record ${fault.seq} is missing`
      : `records ${fault.seq} to ${fault.through} are missing`;
  const of = fault.resource === null ? '' : `, of ${JSON.stringify(fault.resource)},`;
  return fault.fault === 'altered'
    ? `record ${fault.seq}${of} was altered`
    : `record ${fault.seq}${of} does not follow the one before it`;
}

function summary({ records, head, forgotten }: ChainReport): string {
  if (!head) return 'There are no return records yet.';
  const from = forgotten ? ` Those up to ${forgotten.seq} were forgotten by age.` : '';
  return `${count(records, 'record')}, all as written; the newest is ${head.seq}, ${head.hash}.${from}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
