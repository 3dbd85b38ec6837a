/** A reservation as the API shows it, as far as the run looks at it. */
export interface ShownLoan {
  id: string;
  status: 'queued' | 'preparing' | 'active' | 'ended';
  endReason: string | null;
  startsAt: string | null;
  endsAt: string | null;
  heartbeatBy: string | null;
  resources: {
    id: string;
    name: string;
    pool: string;
    generation: number;
    rotates: boolean;
    credentials: Record<string, string | number> | null;
  }[];
}

interface Holding {
  reservation: string;
  generation: number;
  startsAt: number;
  /** By the server's own answers; epoch ms. */
  until: number;
  /** Its holder has begun to give it back. */
  freed: boolean;
  secret: string | number | undefined;
}

/**
 * Who holds what, as the holders know it. Compared are only times that the server itself has said,
 * and the order of what callers did: no clock of ours against the server's.
 */
export class Ledger {
  private readonly holdings = new Map<string, Holding>();
  /** Loans that were seen. */
  loans = 0;

  constructor(private readonly fault: (what: string) => void) {}

  /** The holder was shown an active lease. */
  seen({ id, startsAt, endsAt, heartbeatBy, resources }: ShownLoan): void {
    const until = Math.min(
      ...[endsAt, heartbeatBy].map((text) => (text === null ? Infinity : Date.parse(text))),
    );
    for (const { id: resource, name, pool, generation, rotates, credentials } of resources) {
      if (credentials === null) this.fault(`${id} is active and shows no credentials of ${name}`);
      const secret = credentials?.password ?? credentials?.token;
      const holding: Holding = {
        reservation: id,
        generation,
        startsAt: Date.parse(startsAt!),
        until,
        freed: false,
        secret,
      };
      const before = this.holdings.get(resource);
      if (before?.reservation === id) {
        if (before.generation !== generation)
          this.fault(`${id} holds ${name} in generations ${before.generation} and ${generation}`);
        before.until = until;
        continue;
      }
      // An answer that was overtaken on its way tells of a loan that is over.
      if (before && before.startsAt > holding.startsAt) continue;
      if (before) this.compare(`${name} of ${pool}`, before, holding, rotates);
      this.holdings.set(resource, holding);
      this.loans += 1;
    }
  }

  private compare(name: string, before: Holding, next: Holding, rotates: boolean): void {
    if (!before.freed && before.until > next.startsAt)
      this.fault(
        `${name} is held twice: by ${before.reservation} until ` +
          `${new Date(before.until).toISOString()} and by ${next.reservation}`,
      );
    if (next.generation <= before.generation)
      this.fault(`${name} has generation ${next.generation} after ${before.generation}`);
    if (rotates && next.secret !== undefined && next.secret === before.secret)
      this.fault(`${name} was lent with the credential of its last holder`);
  }

  /** The holder is about to give it back: from now on somebody else may have it. */
  freeing({ id, resources }: ShownLoan): void {
    for (const { id: resource } of resources) {
      const holding = this.holdings.get(resource);
      if (holding?.reservation === id) holding.freed = true;
    }
  }
}
