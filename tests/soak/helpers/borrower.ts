import { randomUUID } from 'node:crypto';
import type { HttpClient, Reply } from '../../helpers/http-client';
import type { Rows } from './database';
import { pause, type Dice } from './soak';

/** What the server has said about one loan. */
interface Loan {
  key: string;
  id: string | null;
  /** Resource and generation, once we were told that it is ours. */
  held: { resource: string; generation: number } | null;
  extendedTo: string | null;
  releaseAsked: boolean;
  releaseAcknowledged: boolean;
}

/**
 * A client that borrows, extends and gives back, and repeats unanswered calls with the same key.
 */
export class Borrower {
  /** Loans that we were told are ours. */
  acknowledged = 0;
  readonly wrong: string[] = [];
  private readonly all: Loan[] = [];
  private current: Loan | null = null;

  constructor(
    private readonly token: string,
    private readonly pool: string,
    private readonly dice: Dice,
  ) {}

  /** Continues until the server stops answering. */
  async work(http: HttpClient): Promise<void> {
    try {
      for (;;) await this.step(http);
    } catch (error) {
      if (!isCut(error)) throw error;
    }
  }

  /** Finishes what is open. */
  async finish(http: HttpClient): Promise<void> {
    while (this.current) await this.step(http);
  }

  private async step(http: HttpClient): Promise<void> {
    const loan = (this.current ??= this.begin());
    if (!loan.held) return this.ask(http, loan);
    if (!loan.releaseAsked && this.dice.fraction() < 0.3) return this.extend(http, loan);
    if (!loan.releaseAsked) await pause(this.dice.between(0, 10));
    loan.releaseAsked = true;
    const reply = await http.delete(`/v1/reservations/${loan.id}`, { token: this.token });
    if (reply.status !== 204) this.note('release', reply);
    loan.releaseAcknowledged = true;
    this.current = null;
  }

  private begin(): Loan {
    const loan = {
      key: randomUUID(),
      id: null,
      held: null,
      extendedTo: null,
      releaseAsked: false,
      releaseAcknowledged: false,
    };
    this.all.push(loan);
    return loan;
  }

  private async ask(http: HttpClient, loan: Loan): Promise<void> {
    const body = { items: [{ pool: this.pool }] };
    const reply = await http.post('/v1/reservations?wait=5', {
      token: this.token,
      body,
      headers: { 'Idempotency-Key': loan.key },
    });
    if (reply.body.code === 'not_served') return void (this.current = null);
    if (reply.status > 202) return this.note('reserve', reply);
    if (loan.id !== null && loan.id !== reply.body.id)
      this.wrong.push(`${loan.key} made ${loan.id} and ${reply.body.id}`);
    loan.id = reply.body.id as string;
    if (reply.body.status === 'ended') this.current = null;
    if (reply.body.status !== 'active') return;
    const [{ id: resource, generation }] = reply.body.resources;
    loan.held = { resource, generation };
    this.acknowledged += 1;
  }

  private async extend(http: HttpClient, loan: Loan): Promise<void> {
    const reply = await http.patch(`/v1/reservations/${loan.id}`, {
      token: this.token,
      body: { extendSeconds: 60 },
    });
    if (reply.status !== 200) return this.note('extend', reply);
    loan.extendedTo = reply.body.endsAt as string;
  }

  private note(what: string, { status, body }: Reply): void {
    if (status !== 503) this.wrong.push(`${what}: ${status} ${JSON.stringify(body)}`);
  }

  /** What we were told and the database does not know. */
  contradictions(rows: Rows): string[] {
    return this.all.flatMap((loan) => {
      const made = rows.all<{ id: string }>(
        'select result_id as id from idempotency_keys where key = ?',
        loan.key,
      );
      if (loan.id === null) return [];
      const [row] = rows.all<{ status: string; endsAt: number; reason: string | null }>(
        'select status, ends_at as endsAt, end_reason as reason from reservations where id = ?',
        loan.id,
      );
      if (!row || made.length !== 1 || made[0]!.id !== loan.id) return [`${loan.id} is lost`];
      return [...heldWrongly(loan, rows, row.status), ...endedWrongly(loan, row)];
    });
  }
}

function heldWrongly({ id, held, releaseAsked }: Loan, rows: Rows, status: string): string[] {
  if (!held) return [];
  const [allocation] = rows.all<{ endedAt: number | null }>(
    'select ended_at as endedAt from allocations where id = ? and reservation_id = ?',
    `${held.resource}.${held.generation}`,
    id,
  );
  if (!allocation) return [`${id}: the allocation is lost`];
  return releaseAsked || (status === 'active' && allocation.endedAt === null)
    ? []
    : [`${id}: taken from its holder`];
}

function endedWrongly(
  { id, releaseAcknowledged, extendedTo, releaseAsked }: Loan,
  row: { status: string; endsAt: number; reason: string | null },
): string[] {
  if (releaseAcknowledged && (row.status !== 'ended' || row.reason !== 'released'))
    return [`${id}: released, but ${row.status} ${row.reason}`];
  if (extendedTo !== null && !releaseAsked && row.endsAt < Date.parse(extendedTo))
    return [`${id}: the extension is lost`];
  return [];
}

/**
 * The connection broke before the answer was complete. By name, because jest's realm has its own
 * classes.
 */
export function isCut(error: unknown): boolean {
  return ['TypeError', 'SyntaxError', 'AbortError'].includes((error as Error).name);
}
