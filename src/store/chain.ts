import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  ChainCheck,
  type ChainFault,
  type ChainPlace,
  type Link,
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
    const outside = await linksOutside(read, first, last);
    const now = await read.chainEnds();
    if (now.first?.seq !== first?.seq) continue;
    // Records that were added meanwhile are the chain's by now.
    const written = now.last?.seq ?? 0;
    const isStray = ({ seq }: Link) => seq <= (first?.seq ?? 0) || seq > written;
    for (const link of outside.filter(isStray)) check.takeStray(link);
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

/** The links before and after a chain, a piece of each. */
async function linksOutside(
  read: ChainReads,
  first: ChainPlace | null,
  last: ChainPlace | null,
): Promise<Link[]> {
  const start = first?.seq ?? 0;
  const before = await read.returnLinks(Number.MIN_SAFE_INTEGER, PIECE);
  const after = await read.returnLinks(last?.seq ?? 0, PIECE);
  return [...before.filter(({ seq }) => seq <= start), ...after];
}

function place(end: ChainPlace | null): ChainPlace | null {
  return end && { seq: end.seq, hash: end.hash };
}
