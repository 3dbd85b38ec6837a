import type { DriverFactory } from '../drivers/driver';
import { parsePoolsFile, type PoolsFile } from './parse';

/** The pools of a fresh data directory without a pools file; all of them are simulated. */
export const EXAMPLE_POOLS_FILE = `
pools:
  - name: free
    kind: account
    driver: simulated
    simulate: true
    types: [{ name: free }]
    size: 5
  - name: lite
    kind: account
    driver: simulated
    simulate: true
    types: [{ name: lite }]
    size: 3
  - name: vms
    kind: vm
    driver: simulated
    simulate: true
    size: 10
    types:
      - { name: small, share: 4, spec: { cpu: 2 core, memory: 8 GB } }
      - { name: medium, share: 3, spec: { cpu: 4 core, memory: 16 GB } }
      - { name: large, share: 2, spec: { cpu: 8 core, memory: 64 GB } }
      - { name: xlarge, share: 1, spec: { cpu: 2 x 8 core, memory: 128 GB } }
    lease: { openEnded: true }
    rotation: { afterLease: true }
  - name: alpine
    kind: container
    driver: simulated
    simulate: true
    settings: { opensAccess: true }
    size: 10
  - name: tokens
    kind: token
    driver: simulated
    simulate: true
    settings: { leavesNothing: true }
    sizing: manual
    lease: { default: never, openEnded: true, heartbeat: 60s, idleExpiry: 5m }
`;

/** The built-in example, parsed. `drivers` must contain `simulated`. */
export function examplePoolsFile(drivers: ReadonlyMap<string, DriverFactory>): PoolsFile {
  return parsePoolsFile(EXAMPLE_POOLS_FILE, { file: 'the built-in example', drivers, env: {} });
}
