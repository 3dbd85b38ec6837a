import { DomainError, notFound } from '../../domain/errors';
import { allocationId } from '../../domain/loans/allocation';
import type { Resource } from '../../domain/lifecycle/resource';
import type { Loan } from '../../store/reads';
import type { Engine } from '../engine';

export type { Loan } from '../../store/reads';

/** A page of loans, the newest first: those of a generation below `after`. */
export interface LoanPage {
  after: number | null;
  limit: number;
}

/** How many generations are looked up at once; each loan takes two. */
const BATCH = 200;

/**
 * Tells who had a resource, and when. The ids of its loans follow from its generation and are found
 * without an index of their own.
 */
export class Loans {
  constructor(private readonly engine: Engine) {}

  /** The loans of a resource, by id or name. Errors: `not_found`. */
  async ofResource(idOrName: string, { after, limit }: LoanPage): Promise<Loan[]> {
    const { id, generation } = await this.find(idOrName);
    const found: Loan[] = [];
    for await (const loan of this.newest(id, after === null ? generation : after - 1)) {
      found.push(loan);
      if (found.length === limit) break;
    }
    return found;
  }

  /**
   * The loan during which this instant (epoch ms) was; null if nobody had the resource. Looks at all
   * loans since. Errors: `not_found`, also if no loan is kept from before, although there was one.
   */
  async at(idOrName: string, instant: number): Promise<Loan | null> {
    const { id, name, generation } = await this.find(idOrName);
    let oldest = generation === 0 ? 0 : Infinity;
    for await (const loan of this.newest(id, generation)) {
      if (loan.startedAt <= instant) return isOver(loan, instant) ? null : loan;
      oldest = loan.generation;
    }
    if (oldest > 1)
      throw new DomainError('not_found', `No loan of ${name} is kept from before that time.`);
    return null;
  }

  private async find(idOrName: string): Promise<Resource> {
    const found = await this.engine.store.read.resource(idOrName);
    if (!found) throw notFound('resource', idOrName);
    return found.resource;
  }

  /** Where none is near, as after a restore, the next generation with a loan is searched for. */
  private async *newest(resourceId: string, from: number): AsyncGenerator<Loan> {
    const { read } = this.engine.store;
    for (let next: number | null = from; next !== null && next > 0;) {
      const loans = await read.loans(idsDownFrom(resourceId, next));
      yield* loans;
      const rest: number = next - BATCH;
      next = loans.length > 0 ? rest : await read.lentBefore(resourceId, rest + 1);
    }
  }
}

function idsDownFrom(resourceId: string, generation: number): string[] {
  return Array.from({ length: Math.min(BATCH, generation) }, (_, back) =>
    allocationId(resourceId, generation - back),
  );
}

function isOver({ endedAt }: Loan, instant: number): boolean {
  return endedAt !== null && endedAt <= instant;
}
