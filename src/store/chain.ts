import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  ChainCheck,
  type ChainFault,
  type ChainPlace,
  type LinkHash,
} from '../domain/returns/chain';
import type { Reads } from './reads';

/** The hash of a record that follows the one with the hash `previous`: SHA-256, in hex. */
export const linkHash: LinkHash = (previous, record) =>
  createHash('sha256').update(`${previous}\n${record}`).digest('hex');

/** The result of a verification. */
export interface ChainReport {
  /** How many records are kept, and were looked at. */
  records: number;
  /** The newest record; null if there never was one. */
  head: ChainPlace | null;
  /** The newest record that was forgotten, after which the kept ones begin; null if none was. */
  forgotten: ChainPlace | null;
  /** The first faults, a hundred at most. */
  faults: ChainFault[];
  faultCount: number;
}

/** The part of a store that keeps the chain. */
export type ChainReads = Pick<Reads, 'returnLinks' | 'chainEnds'>;

/** How many records are read at once; a piece takes a few milliseconds. */
const PIECE = 500;

/**
 * Goes along the whole chain of return records, in small pieces, so that others are served
 * meanwhile. Begins again if the oldest records are forgotten meanwhile.
 */
export async function verifyChain(read: ChainReads): Promise<ChainReport> {
  for (;;) {
    const { first, last } = await read.chainEnds();
    const check = await checkFrom(read, first, last);
    if ((await read.chainEnds()).first?.seq !== first?.seq) continue;
    return {
      records: check.count,
      head: place(last),
      forgotten: place(first),
      faults: check.faults,
      faultCount: check.found,
    };
  }
}

async function checkFrom(
  read: ChainReads,
  first: ChainPlace | null,
  last: ChainPlace | null,
): Promise<ChainCheck> {
  const check = new ChainCheck(first, linkHash);
  // Records that are added meanwhile are left for the next time.
  const end = last?.seq ?? Infinity;
  for (let seq = first?.seq ?? 0; seq < end;) {
    const links = (await read.returnLinks(seq, PIECE)).filter((link) => link.seq <= end);
    if (links.length === 0) break;
    for (const link of links) check.take(link);
    seq = links[links.length - 1]!.seq;
    await setImmediate();
  }
  check.end(last);
  return check;
}

function place(end: ChainPlace | null): ChainPlace | null {
  return end && { seq: end.seq, hash: end.hash };
}
