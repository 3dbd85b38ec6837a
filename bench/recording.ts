import Database from 'better-sqlite3';

/** Every statement that connections of this process ran, in order, with what was bound. */
export interface Recording {
  sources: string[];
  calls: { source: number; method: 'run' | 'get' | 'all'; raw: boolean; values: unknown[] }[];
}

interface Recorded {
  source: string;
  raw: (toggle?: boolean) => Recorded;
  run: (...values: unknown[]) => unknown;
  get: (...values: unknown[]) => unknown;
  all: (...values: unknown[]) => unknown;
}

/** Connections opened while `work` runs are listened to, until they are closed. */
export async function record(work: (started: () => void) => Promise<void>): Promise<Recording> {
  const recording: Recording = { sources: [], calls: [] };
  const indexes = new Map<string, number>();
  const prototype = Database.prototype as unknown as {
    prepare: (this: unknown, source: string) => Recorded;
  };
  const original = prototype.prepare;
  let listening = false;
  prototype.prepare = function prepare(this: unknown, source: string) {
    const statement = original.call(this, source);
    let raw = false;
    const { raw: setRaw } = statement;
    statement.raw = (toggle = true) => {
      raw = toggle;
      setRaw.call(statement, toggle);
      return statement;
    };
    for (const method of ['run', 'get', 'all'] as const) {
      const real = statement[method];
      statement[method] = (...values: unknown[]) => {
        if (listening) note(recording, indexes, source, method, raw, values);
        return real.apply(statement, values);
      };
    }
    return statement;
  };
  try {
    await work(() => (listening = true));
  } finally {
    prototype.prepare = original;
  }
  return recording;
}

function note(
  recording: Recording,
  indexes: Map<string, number>,
  source: string,
  method: 'run' | 'get' | 'all',
  raw: boolean,
  values: unknown[],
): void {
  const key = `${raw ? 'raw' : 'objects'} ${source}`;
  let index = indexes.get(key);
  if (index === undefined) {
    indexes.set(key, (index = recording.sources.length));
    recording.sources.push(source);
  }
  recording.calls.push({ source: index, method, raw, values });
}

/**
 * Runs a recording on another connection, by nothing but prepared statements; returns how long that
 * took, in ms.
 */
export function replay(connection: Database.Database, { sources, calls }: Recording): number {
  const raw = new Map(calls.map((call) => [call.source, call.raw]));
  const statements = sources.map((source, index) => {
    const statement = connection.prepare(source);
    return raw.get(index) && statement.reader ? statement.raw() : statement;
  });
  const start = performance.now();
  for (const { source, method, values } of calls) statements[source]![method](...values);
  return performance.now() - start;
}
