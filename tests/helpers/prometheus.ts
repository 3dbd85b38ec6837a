import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { whenDone } from './cleanups';
import { temporaryDirectory } from './engine';

/** Longest wait for anything of Prometheus, in ms. */
const PATIENCE = 60_000;

/** Tests that need Debian's `prometheus`: skipped without; with CI=true they fail. */
export function describeWithPrometheus(name: string, fn: () => void): void {
  const has = spawnSync('promtool', ['--version']).status === 0;
  (has || process.env.CI === 'true' ? describe : describe.skip)(name, fn);
}

/** Runs promtool; gives what it said, and throws if it finds a fault. */
export function promtool(words: string[], input = '', cwd?: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', words, { input, cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool ${words.join(' ')}: ${stdout}${stderr}`);
  return stdout + stderr;
}

/** An alert as Prometheus shows it. */
export interface Alert {
  labels: Record<string, string>;
  state: 'pending' | 'firing';
}

/** A real Prometheus on a loopback port, which is told of every alert by the alert itself. */
export class Prometheus {
  private readonly listeners = new Set<() => void>();

  private constructor(private url: string) {}

  /** Starts one that scrapes this address every second, with these rules. */
  static async start(target: string, rules: string): Promise<Prometheus> {
    const directory = temporaryDirectory();
    const prometheus = new Prometheus('');
    const receiver = createServer((request, response) => {
      request.resume();
      response.end();
      for (const listener of prometheus.listeners) listener();
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    whenDone(() => void receiver.close().closeAllConnections());
    const { port } = receiver.address() as AddressInfo;
    writeFileSync(join(directory, 'rules.yml'), rules);
    writeFileSync(
      join(directory, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: ['rules.yml'],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${port}`] }] }] },
        scrape_configs: [{ job_name: 'holdfast', static_configs: [{ targets: [target] }] }],
      }),
    );
    prometheus.url = await launch(directory);
    return prometheus;
  }

  /** The result of an instant query. Errors: what Prometheus says of a wrong one. */
  async query(expression: string): Promise<unknown[]> {
    const answer = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const body = (await answer.json()) as { error?: string; data: { result: unknown[] } };
    if (body.error !== undefined) throw new Error(`${expression}: ${body.error}`);
    return body.data.result;
  }

  /** The names of the alerts that fire, with their pools; sorted. */
  async firing(): Promise<string[]> {
    const answer = await fetch(`${this.url}/api/v1/alerts`);
    const { data } = (await answer.json()) as { data: { alerts: Alert[] } };
    return data.alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels: { alertname, pool } }) => [alertname, pool].filter(Boolean).join(' '))
      .sort();
  }

  /** Resolves when an alert of this name fires. */
  async fires(name: string): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE);
    while (!deadline.aborted) {
      const told = new Promise<void>((resolve) => {
        this.listeners.add(resolve);
        deadline.addEventListener('abort', () => resolve(), { once: true });
      });
      if ((await this.firing()).includes(name)) return;
      await told;
    }
    throw new Error(`${name} never fired`);
  }
}

/** Gives its address once it is ready. */
async function launch(directory: string): Promise<string> {
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      // An alert is told of again after this long, as soon as it is looked at.
      '--rules.alert.resend-delay=1s',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'close');
  whenDone(async () => {
    child.kill();
    await ended;
  });
  const said: string[] = [];
  const address = () => /"Listening on" address=(\S+)/.exec(said.join('\n'))?.[1];
  const isReady = new Promise<void>((resolve) =>
    // Read to its end, or Prometheus would die of a closed pipe. The two lines come in any order.
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (address() && /ready to receive web requests/.test(said.join('\n'))) resolve();
    }),
  );
  await Promise.race([isReady, ended]);
  if (address() === undefined) throw new Error(`Prometheus did not start: ${said.join('\n')}`);
  return `http://${address()}`;
}
