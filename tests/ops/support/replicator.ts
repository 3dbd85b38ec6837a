import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { ROOT } from '../../helpers/process';

/**
 * The effect of Litestream (v0.3, db.go) on a database, on its own connection in a process of its
 * own: no automatic checkpoints, two tables, a read transaction that stays and, on demand, a
 * checkpoint. For that, the read transaction is let go, a write starts the log, and a write
 * transaction is rolled back while it copies.
 */
const PROGRAM = `
  const Database = require('better-sqlite3');
  const db = new Database(process.argv[1], { timeout: 1000 });
  db.pragma('journal_mode = wal');
  db.pragma('wal_autocheckpoint = 0');
  db.exec('CREATE TABLE IF NOT EXISTS _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)');
  db.exec('CREATE TABLE IF NOT EXISTS _litestream_lock (id INTEGER)');
  const reader = new Database(process.argv[1], { timeout: 1000 });
  const doing = {
    hold: () => { reader.exec('BEGIN'); reader.prepare('SELECT count(*) FROM _litestream_seq').get(); },
    release: () => { reader.exec('ROLLBACK'); },
    checkpoint: (mode) => {
      doing.release();
      const [row] = db.pragma('wal_checkpoint(' + mode + ')');
      doing.hold();
      const upsert = 'ON CONFLICT (id) DO UPDATE SET seq = seq + 1';
      db.exec('INSERT INTO _litestream_seq (id, seq) VALUES (1, 1) ' + upsert);
      return row;
    },
    lock: () => { db.exec('BEGIN'); db.exec('INSERT INTO _litestream_lock (id) VALUES (1)'); },
    unlock: () => { db.exec('ROLLBACK'); },
  };
  require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const [name, word] = line.split(' ');
    try {
      console.log(JSON.stringify(doing[name](word) ?? null));
    } catch (error) {
      console.log(JSON.stringify({ error: error.code }));
    }
  });
`;

/** The outcome of a checkpoint, as SQLite reports it. */
export interface Checkpointed {
  busy: number;
  log: number;
  checkpointed: number;
  error?: string;
}

/** That process, told step by step what to do. */
export class Replicator {
  private readonly child: ChildProcess;
  private readonly answers: Interface;

  constructor(file: string) {
    this.child = spawn(process.execPath, ['-e', PROGRAM, file], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.answers = createInterface({ input: this.child.stdout! });
  }

  /** Resolves with what SQLite said. */
  async does(
    step:
      | 'hold'
      | 'release'
      | 'lock'
      | 'unlock'
      | 'checkpoint PASSIVE'
      | 'checkpoint RESTART'
      | 'checkpoint TRUNCATE',
  ): Promise<Checkpointed | null> {
    const answer = once(this.answers, 'line');
    this.child.stdin!.write(`${step}\n`);
    return JSON.parse((await answer)[0] as string) as Checkpointed | null;
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'close');
    this.child.stdin!.end();
    await ended;
  }
}
