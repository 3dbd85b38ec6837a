import { Agent, request as send } from 'node:http';
import { connect, type Socket } from 'node:net';
import { MAIN, ServerProcess } from '../helpers/process';
import { pause, say, size, soak } from './helpers/soak';

const SECONDS = size('ABUSE_SECONDS', 5);
const VMS = size('ABUSE_VMS', 5_000);
const POOLS = `pools:
  - { name: vms, kind: vm, driver: simulated, size: ${VMS}, concurrency: 100 }
  - { name: lab, kind: token, driver: simulated, size: 200,
      settings: { leavesNothing: true, rotates: false } }
  - { name: large, kind: vm, driver: simulated, sizing: manual }
  - { name: scarce, kind: token, driver: simulated, size: 1 }`;
/** How many files the server may have open, and how much later than without a load an answer may be. */
const OPEN_FILES = 256;
const TIMES = 3;
const LATER = 100;
/** A median below this is as good as any: at such sizes the machine decides, not the load. In ms. */
const NOTHING = 5;
const IN_BETWEEN = 10;
/** Between two calls of one abuser, so that the test does not measure its own cost. */
const ABUSER_PAUSE = 10;

/** How long answers took, in ms, and what was wrong with them. */
class Times {
  readonly all: number[] = [];
  readonly wrong: string[] = [];

  async of(what: string, call: () => Promise<number>, right: number): Promise<void> {
    const begun = performance.now();
    const status = await call().catch((error: Error) => error.message);
    this.all.push(performance.now() - begun);
    if (status !== right) this.wrong.push(`${what}: ${status}`);
  }

  at(share: number): number {
    const sorted = [...this.all].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  }
}

/** Callers from one address of this machine. */
class Callers {
  private readonly agent: Agent;
  constructor(
    private readonly url: string,
    private readonly from: string,
  ) {
    this.agent = new Agent({ keepAlive: true });
  }

  /** Gives the status; the body is read and, if `keep` is given, kept. */
  ask(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: unknown,
    keep?: (text: string) => void,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const type = text === undefined ? {} : { 'Content-Type': 'application/json' };
      const call = send(
        this.url + path,
        {
          method,
          agent: this.agent,
          localAddress: this.from,
          headers: { ...type, ...headers, 'Content-Length': Buffer.byteLength(text ?? '') },
        },
        (answer) => {
          let heard = '';
          answer.setEncoding('utf8').on('data', (part: string) => (heard += keep ? part : ''));
          answer.on('end', () => {
            keep?.(heard);
            resolve(answer.statusCode!);
          });
          answer.on('error', reject);
        },
      );
      call.on('error', reject);
      call.end(text);
    });
  }

  stop(): void {
    this.agent.destroy();
  }
}

type Load = (isOver: () => boolean) => Promise<void>;

soak('abuse', () => {
  let server: ServerProcess;
  let admin: string;
  const all: Callers[] = [];

  const from = (address: string) => {
    const made = new Callers(server.url, address);
    all.push(made);
    return made;
  };
  const basic = (password: string) => ({
    Authorization: `Basic ${Buffer.from(`ada@example.org:${password}`).toString('base64')}`,
  });
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  beforeAll(async () => {
    server = await ServerProcess.start({
      pools: POOLS,
      env: { BCRYPT_COST: '8', LEGACY_API: 'guarded', RATE_LIMIT_LOGIN: '20' },
      program: {
        command: [
          'sh',
          '-c',
          `ulimit -n ${OPEN_FILES}; exec "$0" "$1" serve`,
          process.execPath,
          MAIN,
        ],
      },
    });
    admin = await server.setUp();
    await server.until('all VMs are there', async () => {
      const counts = await server.store.read.counts();
      const available = counts.filter(({ status }) => status === 'available');
      return available.reduce((sum, { count }) => sum + count, 0) > VMS;
    });
  });

  afterAll(async () => {
    all.forEach((each) => each.stop());
    await server.stop();
  });

  /** Others reserve and release, and one probes, while the load lasts. */
  async function measured(load: Load): Promise<{ others: Times; probes: Times }> {
    const others = new Times();
    const probes = new Times();
    const end = performance.now() + SECONDS * 1000;
    const isOver = () => performance.now() > end;
    const honest = from('127.0.0.100');
    const borrow = async () => {
      while (!isOver()) {
        let made = '';
        const items = { items: [{ pool: 'lab' }] };
        await others.of(
          'reserve',
          () =>
            honest.ask('POST', '/v1/reservations', bearer(admin), items, (text) => (made = text)),
          201,
        );
        const { id } = JSON.parse(made || '{}') as { id?: string };
        if (id !== undefined) {
          const path = `/v1/reservations/${id}`;
          await others.of('release', () => honest.ask('DELETE', path, bearer(admin)), 204);
        }
        await pause(IN_BETWEEN);
      }
    };
    const probe = async () => {
      while (!isOver()) {
        // Each on a connection of its own, as most probes are.
        const prober = new Callers(server.url, '127.0.0.101');
        await probes.of('livez', () => prober.ask('GET', '/livez', { Connection: 'close' }), 200);
        prober.stop();
        await pause(IN_BETWEEN);
      }
    };
    const signIn = async () => {
      for (; !isOver(); await pause(10 * IN_BETWEEN))
        await others.of('sign-in', () => honest.ask('GET', '/v1/me', basic('correct horse')), 200);
    };
    const borrowers = [borrow(), borrow(), borrow(), borrow()];
    await Promise.all([load(isOver), ...borrowers, signIn(), probe()]);
    return { others, probes };
  }

  /** As many calls at once as there are addresses, again and again. */
  const storm =
    (addresses: string[], call: (callers: Callers, turn: number) => Promise<unknown>): Load =>
    async (isOver) => {
      let turn = 0;
      const one = async (address: string) => {
        const callers = from(address);
        while (!isOver()) {
          turn += 1;
          // A refusal or a closed connection is what an abuser may expect.
          await call(callers, turn).catch(() => undefined);
          await pause(ABUSER_PAUSE);
        }
      };
      await Promise.all(addresses.map(one));
    };

  const addresses = (count: number, first = 2) =>
    Array.from({ length: count }, (_, index) => `127.0.0.${first + index}`);

  const silent: Load = async (isOver) => {
    const { hostname, port } = new URL(server.url);
    const sockets: Socket[] = [];
    for (let made = 0; made < 300; made += 1)
      sockets.push(
        connect({ host: hostname, port: Number(port), localAddress: addresses(8)[made % 8] }).on(
          'error',
          () => undefined,
        ),
      );
    while (!isOver()) await pause(IN_BETWEEN);
    sockets.forEach((socket) => socket.destroy());
  };

  const loads: Record<string, () => Promise<Load>> = {
    'wrong passwords from eight addresses (A4)': async () =>
      storm(addresses(8), (callers) => callers.ask('GET', '/v1/me', basic('wrong'))),
    'inventories without a credential (A7)': async () =>
      storm(addresses(6), (callers) => callers.ask('GET', '/vmdetails')),
    'inventories with a credential (A7)': async () =>
      storm(addresses(6), (callers) => callers.ask('GET', '/vmdetails', bearer(admin))),
    'cancelled requests with notes, and tokens (A8)': async () =>
      storm(addresses(4), async (callers, turn) => {
        if (turn % 2 === 0) {
          const body = { name: 'one more', scopes: ['read'], expiresInSeconds: 1 };
          return callers.ask('POST', '/v1/tokens', bearer(admin), body);
        }
        let made = '';
        const body = { items: [{ pool: 'scarce' }], note: 'n'.repeat(1_000) };
        await callers.ask('POST', '/v1/reservations', bearer(admin), body, (text) => (made = text));
        const { id } = JSON.parse(made) as { id: string };
        return callers.ask('DELETE', `/v1/reservations/${id}`, bearer(admin));
      }),
    'three hundred silent connections (A9)': async () => silent,
    'three hundred held answers (A9)': async () => {
      let made = '';
      const scarce = { items: [{ pool: 'scarce' }] };
      const keep = (text: string) => (made = text);
      await from('127.0.0.2').ask('POST', '/v1/reservations', bearer(admin), scarce, keep);
      await from('127.0.0.2').ask('POST', '/v1/reservations', bearer(admin), scarce, keep);
      const path = `/v1/reservations/${(JSON.parse(made) as { id: string }).id}?wait=${SECONDS}`;
      const fifty = addresses(6).flatMap((address) => Array<string>(50).fill(address));
      return storm(fifty, async (callers) => {
        await callers.ask('GET', path, bearer(admin));
        await pause(200);
      });
    },
    'pools that are hard to share out (A10)': async () => {
      const types = Array.from({ length: 100 }, (_, index) => ({
        name: `t${index}`,
        minimum: 1_000_000,
      }));
      const pool = { name: 'wide', kind: 'vm', driver: 'simulated', size: 0, types };
      await from('127.0.0.2').ask('POST', '/v1/pools', bearer(admin), pool);
      return storm(addresses(2), async (callers, turn) => {
        await callers.ask('PATCH', '/v1/pools/wide', bearer(admin), { size: turn % 50 });
        const many = Array.from({ length: 3_000 }, (_, index) => ({ name: `t${index}` }));
        await callers.ask('PATCH', '/v1/pools/wide', bearer(admin), { types: many });
        const wide = { items: [{ kind: 'vm', pool: 'wide' }], queueTimeoutSeconds: 0 };
        await callers.ask('POST', '/v1/reservations', bearer(admin), wide);
      });
    },
  };

  it('leaves others nearly as quick as they are alone, and probes answered throughout', async () => {
    const alone = await measured(async () => undefined);
    const shown = ({ others, probes }: { others: Times; probes: Times }) =>
      `others ${others.all.length} calls, median ${others.at(0.5).toFixed(1)} ms, ` +
      `p99 ${others.at(0.99).toFixed(1)} ms; livez ${probes.all.length} calls, ` +
      `p99 ${probes.at(0.99).toFixed(1)} ms`;
    say(`abuse: alone: ${shown(alone)}`);
    const missed: string[] = [];
    for (const [name, load] of Object.entries(loads)) {
      const under = await measured(await load());
      say(`abuse: ${name}: ${shown(under)}`);
      const { others, probes } = under;
      missed.push(...[...others.wrong, ...probes.wrong].map((wrong) => `${name}: ${wrong}`));
      if (others.at(0.5) > TIMES * Math.max(alone.others.at(0.5), NOTHING))
        missed.push(`${name}: the median is ${others.at(0.5).toFixed(1)} ms`);
      if (others.at(0.99) > alone.others.at(0.99) + LATER)
        missed.push(`${name}: the p99 is ${others.at(0.99).toFixed(1)} ms`);
    }
    expect(missed.slice(0, 20)).toEqual([]);
  });
});
