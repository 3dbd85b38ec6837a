import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../src/config-error';
import { defaultPolicy } from '../../src/domain/pools/pool';
import { simulatedDriver } from '../../src/drivers/simulated';
import type { DriverFactory } from '../../src/drivers/driver';
import { examplePoolsFile } from '../../src/pools-file/example';
import { poolsFileJsonSchema } from '../../src/pools-file/json-schema';
import { loadPoolsFile } from '../../src/pools-file/load';
import { parsePoolsFile } from '../../src/pools-file/parse';
import { fakeDrivers } from './fake-drivers';

describe('loadPoolsFile', () => {
  let directory: string;
  beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'pools-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('reads a file', () => {
    const path = join(directory, 'pools.yaml');
    writeFileSync(
      path,
      'pools: [{ name: a, kind: account, driver: able, accounts: [{ username: u, password: ' +
        '"${SECRET}" }] }]\nlegacy: { acctpool: [a] }\n',
    );
    const { pools, legacy } = loadPoolsFile(path, fakeDrivers, { SECRET: 's' });
    expect(pools[0]!.accounts[0]).toMatchObject({ username: 'u', password: 's' });
    expect(legacy).toEqual({ acctpool: ['a'] });
  });

  it('names the file that is wrong or missing', () => {
    const wrong = join(directory, 'wrong.json');
    writeFileSync(wrong, '{"pools": [{"name": "a"}]}');
    expect(() => loadPoolsFile(wrong, fakeDrivers, {})).toThrow(
      `${wrong}:1: pools[0].kind: is missing`,
    );
    const missing = join(directory, 'missing.yaml');
    expect(() => loadPoolsFile(missing, fakeDrivers, {})).toThrow(
      new ConfigError(`The pools file ${missing} cannot be read (ENOENT: it does not exist).`),
    );
  });
});

describe('the built-in example', () => {
  const drivers = new Map<string, DriverFactory>([[simulatedDriver.name, simulatedDriver]]);
  const { pools, legacy } = examplePoolsFile(drivers);

  it('has the five pools', () => {
    expect(pools.map(({ name, kind, size, sizing }) => ({ name, kind, size, sizing }))).toEqual([
      { name: 'free', kind: 'account', size: 5, sizing: 'managed' },
      { name: 'lite', kind: 'account', size: 3, sizing: 'managed' },
      { name: 'vms', kind: 'vm', size: 10, sizing: 'managed' },
      { name: 'alpine', kind: 'container', size: 10, sizing: 'managed' },
      { name: 'tokens', kind: 'token', size: 0, sizing: 'manual' },
    ]);
    expect(pools.every(({ driver }) => driver === 'simulated')).toBe(true);
    expect(legacy).toEqual({});
  });

  it('has their types', () => {
    const types = Object.fromEntries(pools.map((pool) => [pool.name, pool.types]));
    expect(types.free).toEqual([{ name: 'free', share: 1, spec: {} }]);
    expect(types.lite).toEqual([{ name: 'lite', share: 1, spec: {} }]);
    expect(types.vms).toEqual([
      { name: 'small', share: 4, spec: { cpu: '2 core', memory: '8 GB' } },
      { name: 'medium', share: 3, spec: { cpu: '4 core', memory: '16 GB' } },
      { name: 'large', share: 2, spec: { cpu: '8 core', memory: '64 GB' } },
      { name: 'xlarge', share: 1, spec: { cpu: '2 x 8 core', memory: '128 GB' } },
    ]);
  });

  it(
    'rotates accounts and VMs, opens access to containers, and lends tokens until a ' +
      'minute of silence',
    () => {
      const [free, , vms, alpine, tokens] = pools;
      expect(free!.policy).toEqual(defaultPolicy('account'));
      expect(vms!.policy).toMatchObject({
        lease: { openEnded: true, maximum: null },
        rotation: { afterLease: true },
      });
      expect(alpine!.capabilities.opensAccess).toBe(true);
      expect(tokens!.policy.lease).toMatchObject({
        default: null,
        maximum: null,
        heartbeat: 60_000,
        idleExpiry: 300_000,
      });
    },
  );
});

describe('docs/pools-file.md', () => {
  interface Node {
    properties?: Record<string, Node>;
    items?: Node;
    description?: string;
  }
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'pools-file.md'), 'utf8');
  const schema = poolsFileJsonSchema() as Node & Record<string, unknown>;

  /** Every key of the file by its path; those of a pool are relative to the pool. */
  function paths(node: Node, base = ''): string[] {
    return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
      const path = base + key;
      return [
        path,
        ...paths(child, `${path}.`),
        ...(child.items ? paths(child.items, path === 'pools' ? '' : `${path}[].`) : []),
      ];
    });
  }

  it('has a row for each key of the JSON Schema, and for no other', () => {
    const rows = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, key]) => key);
    expect(rows.sort()).toEqual(paths(schema).sort());
  });

  it('shows a file that can be read', () => {
    const example = /```yaml\n([^]*?)```/.exec(page)![1]!;
    const drivers = new Map<string, DriverFactory>([[simulatedDriver.name, simulatedDriver]]);
    const { pools } = parsePoolsFile(example, {
      file: 'page',
      drivers,
      env: { LAB1_PASSWORD: 'a', LAB2_PASSWORD: 'b' },
    });
    expect(pools.map(({ name, size }) => [name, size])).toEqual([
      ['boxes', 10],
      ['vms', 4],
      ['lab', 2],
    ]);
  });

  it('matches the schema of the written form, with each key described', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['pools'],
      additionalProperties: false,
    });
    const pool = schema.properties!.pools!.items!;
    expect(JSON.stringify(pool.properties!.lease!.properties!.default)).toContain('never');
    expect(Object.entries(pool.properties!).filter(([, { description }]) => !description)).toEqual(
      [],
    );
  });
});
