import { Connection } from './connection';
import type { Client } from './servers';
import type { View } from './stream';

const PASSWORD = 'correct horse';

/** Makes ordinary users; gives the header by which each shows who calls. */
export async function members(admin: Client, url: URL, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const email = `member${index}@example.org`;
    const user = { name: `member${index}`, email, password: PASSWORD };
    const made = await admin.call('POST', '/v1/users', JSON.stringify(user));
    if (made.status !== 201) throw new Error(`A user was answered with ${made.status}.`);
    tokens.push(await tokenOf(url, email));
  }
  return tokens;
}

async function tokenOf(url: URL, email: string): Promise<string> {
  const basic = `Basic ${Buffer.from(`${email}:${PASSWORD}`).toString('base64')}`;
  const connection = new Connection(url, basic);
  const body = JSON.stringify({ name: 'bench', scopes: ['read', 'reserve', 'self'] });
  const made = await connection.call('POST', '/v1/tokens', body);
  connection.close();
  return `Bearer ${(JSON.parse(made.body) as { token: string }).token}`;
}

/** Users who borrow at a steady pace, each on a connection of their own. */
export class Borrowers {
  private connections: Connection[];

  constructor(
    private readonly url: URL,
    readonly authorizations: string[],
    private readonly pool: string,
  ) {
    this.connections = this.connected();
  }

  /** After a restart of the server. */
  reconnect(): void {
    this.close();
    this.connections = this.connected();
  }

  /**
   * So many loans a second, for so many seconds, one user after the other, whether or not earlier
   * ones were answered. Gives how long each request took to be answered, in ms.
   */
  async lend(perSecond: number, seconds: number): Promise<number[]> {
    const begun = performance.now();
    const busy: Promise<unknown>[] = this.connections.map(() => Promise.resolve());
    const took: number[] = [];
    for (let loan = 0; loan < perSecond * seconds; loan += 1) {
      const due = begun + (loan * 1_000) / perSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const which = loan % this.connections.length;
      const connection = this.connections[which]!;
      busy[which] = busy[which]!.then(async () => took.push(await this.borrow(connection)));
    }
    await Promise.all(busy);
    return took;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private async borrow(connection: Connection): Promise<number> {
    const begun = performance.now();
    const body = JSON.stringify({ items: [{ pool: this.pool }] });
    const lent = await connection.call('POST', '/v1/reservations', body);
    const took = performance.now() - begun;
    const { id, status } = JSON.parse(lent.body) as { id: string; status: string };
    if (status !== 'active') throw new Error(`A request was answered with ${lent.body}`);
    const released = await connection.call('DELETE', `/v1/reservations/${id}`);
    if (released.status !== 204) throw new Error(`A release was answered with ${released.status}.`);
    return took;
  }

  private connected(): Connection[] {
    return this.authorizations.map((each) => new Connection(this.url, each));
  }
}

/** Resolves when everything in a pool can be lent. */
export async function untilReady(client: Client, pool: string): Promise<void> {
  for (;;) {
    const { body } = await client.call('GET', `/v1/pools/${pool}`);
    const { counts, size: wanted } = JSON.parse(body) as {
      counts: { available: number };
      size: number;
    };
    if (counts.available === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The numbers of all events after one that a view has, read by itself and not as a stream. */
export async function exportOf(url: URL, view: View, after: number): Promise<number[]> {
  const path = `/v1/events?order=asc&format=ndjson&${view.query}`;
  const answer = await fetch(new URL(path, url), {
    headers: { authorization: view.authorization },
  });
  const lines = (await answer.text()).split('\n').slice(0, -1);
  return lines
    .map((line) => (JSON.parse(line) as { seq: number }).seq)
    .filter((seq) => seq > after);
}
