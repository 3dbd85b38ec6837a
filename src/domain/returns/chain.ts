/** A link of the chain of return records, as it is stored. */
export interface Link {
  seq: number;
  /** The hash of the record before it. */
  previous: string;
  hash: string;
  /** The record as canonical JSON (RFC 8785): the bytes that the hash is of. */
  record: string;
}

/** A place in the chain: after the record of this number, which has this hash. */
export type ChainPlace = Pick<Link, 'seq' | 'hash'>;

/** Before the first record of all. */
export const CHAIN_START: ChainPlace = { seq: 0, hash: '0'.repeat(64) };

/** The hash of a record after this one: SHA-256, in hex. */
export type LinkHash = (previous: string, record: string) => string;

/**
 * `altered`: a record is not the one that was written. `missing`: records are not there. `misplaced`:
 * a record stands where it was not written.
 */
export type ChainFault =
  | { fault: 'altered' | 'misplaced'; seq: number; resource: string | null }
  | { fault: 'missing'; seq: number; through: number };

/** The most faults that are told. */
const MOST_FAULTS = 100;

/** Goes along a chain, record by record, and finds what was changed in it. */
export class ChainCheck {
  readonly faults: ChainFault[] = [];
  /** How many faults there are, those beyond the list included. */
  found = 0;
  count = 0;
  private at: ChainPlace;

  /** `first`: where the records that are kept begin. */
  constructor(
    first: ChainPlace | null,
    private readonly hashOf: LinkHash,
  ) {
    this.at = first ?? CHAIN_START;
  }

  /** Takes the next link, in order of `seq`. */
  take({ seq, previous, hash, record }: Link): void {
    this.count += 1;
    const expected = this.at.seq + 1;
    if (seq > expected) this.note({ fault: 'missing', seq: expected, through: seq - 1 });
    if (this.hashOf(previous, record) !== hash)
      this.note({ fault: 'altered', seq, resource: nameIn(record) });
    // Behind a gap, nothing says what came before.
    else if (seq === expected && previous !== this.at.hash)
      this.note({ fault: 'misplaced', seq, resource: nameIn(record) });
    this.at = { seq, hash };
  }

  /** Ends the chain, which must end at `last`. */
  end(last: ChainPlace | null): void {
    const { seq, hash } = last ?? CHAIN_START;
    if (seq > this.at.seq) this.note({ fault: 'missing', seq: this.at.seq + 1, through: seq });
    else if (seq !== this.at.seq || hash !== this.at.hash)
      this.note({ fault: 'misplaced', seq: this.at.seq, resource: null });
  }

  /** Takes a link that stands before or after all that were ever written. */
  takeStray({ seq, record }: Link): void {
    this.note({ fault: 'misplaced', seq, resource: nameIn(record) });
  }

  private note(fault: ChainFault): void {
    this.found += 1;
    if (this.faults.length < MOST_FAULTS) this.faults.push(fault);
  }
}

/** The name of a record's resource, as far as it can be read. */
function nameIn(record: string): string | null {
  try {
    const { resource } = JSON.parse(record) as { resource?: unknown };
    return typeof resource === 'string' ? resource : null;
  } catch {
    return null;
  }
}
