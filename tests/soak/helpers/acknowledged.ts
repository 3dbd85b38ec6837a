import type { HttpClient } from '../../helpers/http-client';
import { isCut } from './borrower';
import type { Rows } from './database';

/** A loan with the times (epoch ms) of the answers about it. */
export interface Acknowledged {
  id: string;
  lentAt: number;
  releasedAt: number | null;
}

/**
 * Borrows and gives back until told to stop, and records what was promised and what was refused.
 */
export class Witness {
  readonly loans: Acknowledged[] = [];
  readonly answers: { at: number; status: number }[] = [];
  private stopped = false;

  constructor(
    private readonly token: string,
    private readonly pool: string,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** Until stopped, or until the server is gone. */
  async work(http: HttpClient): Promise<void> {
    try {
      while (!this.stopped) await this.borrow(http);
    } catch (error) {
      if (!isCut(error)) throw error;
    }
  }

  private async borrow(http: HttpClient): Promise<void> {
    const { status, body } = await http.post('/v1/reservations', {
      token: this.token,
      body: { items: [{ pool: this.pool }] },
    });
    this.note(status);
    if (![200, 201, 202].includes(status)) return;
    const loan: Acknowledged = { id: body.id as string, lentAt: Date.now(), releasedAt: null };
    this.loans.push(loan);
    // Every other one is kept for a while, so that both kinds exist at any moment.
    if (this.loans.length % 2 === 0) await this.release(http, loan);
    const older = this.loans[this.loans.length - 12];
    if (older && older.releasedAt === null) await this.release(http, older);
  }

  private async release(http: HttpClient, loan: Acknowledged): Promise<void> {
    const { status } = await http.delete(`/v1/reservations/${loan.id}`, { token: this.token });
    this.note(status);
    if (status === 204) loan.releasedAt = Date.now();
  }

  private note(status: number): void {
    this.answers.push({ at: Date.now(), status });
  }

  /** What was promised before `cut` (epoch ms) and is missing from a database. */
  lost(rows: Rows, cut = Infinity): string[] {
    return this.loans
      .filter(({ lentAt }) => lentAt < cut)
      .flatMap(({ id, releasedAt }) => {
        const [row] = rows.all<{ status: string }>(
          'select status from reservations where id = ?',
          id,
        );
        if (!row) return [`${id} is lost`];
        return releasedAt !== null && releasedAt < cut && row.status !== 'ended'
          ? [`the release of ${id} is lost`]
          : [];
      });
  }
}
