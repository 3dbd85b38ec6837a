import type Database from 'better-sqlite3';
import type { DataVersion } from '../../sqlite/data-version';
import type { FaultScope } from '../driver';
import type { SimulatedCall } from './settings';

/** In place of a pool or a call: all of them. */
export const EVERY = '*';

export interface Fault {
  scope: FaultScope;
  /** 1 if the call takes effect before it fails, as if its answer were lost. */
  answer_lost: number;
}

export interface NewFault {
  pool: string;
  call: SimulatedCall | typeof EVERY;
  remaining: number;
  scope: FaultScope;
  answer_lost: number;
}

export interface Weather {
  down: boolean;
  /** In ms; null if none was set for this pool. */
  latencyMs: number | null;
  /** Is a fault pending for the call? */
  fault: boolean;
}

interface ConditionRow {
  pool: string;
  down: number;
  latency_ms: number | null;
}

interface FaultRow {
  pool: string;
  call: string;
}

/** The rows last read, and the version of the file at which they were read. */
interface Seen {
  epoch: number;
  conditions: ConditionRow[];
  faults: FaultRow[];
}

const CALM: Weather = { down: false, latencyMs: null, fault: false };

const MATCHES = `pool IN (@pool, '${EVERY}') AND call IN (@call, '${EVERY}') AND remaining > 0`;

/**
 * The faults and outages of the simulated cloud: set by tests and operators, looked up at every
 * call. They are read again only after another connection has written, or this one has set one.
 */
export class Conditions {
  private readonly all;
  private readonly pending;
  private readonly use;
  private readonly putFault;
  private readonly putDown;
  private readonly putLatency;
  private seen: Seen | null = null;

  constructor(
    connection: Database.Database,
    private readonly dataVersion: DataVersion,
  ) {
    this.all = connection.prepare<[], ConditionRow>('SELECT * FROM conditions');
    this.pending = connection.prepare<[], FaultRow>(
      'SELECT pool, call FROM faults WHERE remaining > 0',
    );
    this.use = connection.prepare<{ pool: string; call: string }, Fault>(
      `UPDATE faults SET remaining = remaining - 1
       WHERE (pool, call) IN (
         SELECT pool, call FROM faults WHERE ${MATCHES} ORDER BY pool DESC, call DESC LIMIT 1
       )
       RETURNING scope, answer_lost`,
    );
    this.putFault = connection.prepare<NewFault>(
      'INSERT OR REPLACE INTO faults (pool, call, remaining, scope, answer_lost) VALUES ' +
        '(@pool, @call, @remaining, @scope, @answer_lost)',
    );
    this.putDown = connection.prepare<[string, number]>(
      'INSERT INTO conditions (pool, down) VALUES (?, ?) ON CONFLICT DO UPDATE SET down = excluded.down',
    );
    this.putLatency = connection.prepare<[string, number | null]>(
      'INSERT INTO conditions (pool, latency_ms) VALUES (?, ?) ON CONFLICT DO UPDATE SET ' +
        'latency_ms = excluded.latency_ms',
    );
  }

  /**
   * The conditions for a call now; the latency of its pool overrides that of all pools. Only reads,
   * so that calls to a healthy cloud write nothing.
   */
  weather(pool: string, call: SimulatedCall): Weather {
    const { conditions, faults } = this.read();
    if (conditions.length === 0 && faults.length === 0) return CALM;
    const rows = conditions.filter((row) => row.pool === pool || row.pool === EVERY);
    const latencies = rows
      .filter((row) => row.latency_ms !== null)
      .sort((a, b) => Number(a.pool === EVERY) - Number(b.pool === EVERY));
    const fault = faults.some(
      (each) =>
        (each.pool === pool || each.pool === EVERY) && (each.call === call || each.call === EVERY),
    );
    return {
      down: rows.some((row) => row.down === 1),
      latencyMs: latencies[0]?.latency_ms ?? null,
      fault,
    };
  }

  /**
   * Takes one pending fault, if any; the pool's own first. Must run in a transaction.
   */
  takeFault(pool: string, call: SimulatedCall): Fault | undefined {
    this.seen = null;
    return this.use.get({ pool, call });
  }

  setFault(fault: NewFault): void {
    this.seen = null;
    this.putFault.run(fault);
  }

  setDown(pool: string, down: boolean): void {
    this.seen = null;
    this.putDown.run(pool, Number(down));
  }

  setLatency(pool: string, latencyMs: number | null): void {
    this.seen = null;
    this.putLatency.run(pool, latencyMs);
  }

  private read(): Seen {
    const epoch = this.dataVersion.epoch();
    if (this.seen?.epoch !== epoch)
      this.seen = { epoch, conditions: this.all.all(), faults: this.pending.all() };
    return this.seen;
  }
}
