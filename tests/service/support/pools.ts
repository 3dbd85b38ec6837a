import type { ModelPool } from '../model/things';
import type { World } from '../model/world';

const CLEANING =
  'cleaning: { retries: 1, backoff: 1s, backoffMaximum: 4s, quarantineRetry: 60s, deadline: 30s }';
const POLICY = `${CLEANING}, verification: { interval: 10m }, rotation: { interval: 30m }`;

/** What a pools file says about one pool that the model checks. */
interface Said {
  size: number;
  spares: number;
  /** In seconds. */
  lease: number;
}

const SAID = {
  first: {
    free: { size: 3, spares: 0, lease: 30 },
    vms: { size: 2, spares: 0, lease: 30 },
    boxes: { size: 2, spares: 1, lease: 30 },
  },
  larger: {
    free: { size: 4, spares: 0, lease: 30 },
    vms: { size: 2, spares: 0, lease: 20 },
    boxes: { size: 2, spares: 1, lease: 30 },
  },
  smaller: {
    free: { size: 1, spares: 0, lease: 30 },
    vms: { size: 2, spares: 0, lease: 30 },
    boxes: { size: 1, spares: 0, lease: 30 },
  },
  spare: {
    free: { size: 3, spares: 2, lease: 30 },
    vms: { size: 3, spares: 1, lease: 30 },
    boxes: { size: 2, spares: 0, lease: 30 },
    spare: { size: 1, spares: 0, lease: 40 },
  },
} satisfies Record<string, Record<string, Said>>;
export type FileName = keyof typeof SAID;

const KINDS: Record<string, string> = {
  free: 'kind: account',
  vms: 'kind: vm, types: [{ name: small }, { name: large }]',
  boxes: 'kind: container, settings: { opensAccess: true }',
  spare: 'kind: vm, types: [{ name: small }]',
};

function textOf(file: Record<string, Said>): string {
  const classes = Object.entries(file).map(([name, { size, spares, lease }]) => {
    const policy = name === 'boxes' ? CLEANING : POLICY;
    return (
      `  - { name: ${name}, driver: simulated, ${KINDS[name]}, size: ${size}, spares: ${spares}, ` +
      `${policy}, lease: { default: ${lease}s, maximum: 120s, heartbeat: 20s, prepare: 10s } }`
    );
  });
  return `pools:\n${classes.join('\n')}\n`;
}

/** The text of each pools file. */
export const FILES = Object.fromEntries(
  Object.entries(SAID).map(([name, said]) => [name, textOf(said)]),
) as Record<FileName, string>;

/**
 * What was loaded last, and what another file changes: the differences between the two, and nothing
 * else.
 */
export class KnownFile {
  private last: Record<string, Said> = SAID.first;
  private expected: Record<string, Said | null> = {};

  constructor(private readonly world: World) {}

  load(name: FileName): void {
    const next: Record<string, Said> = SAID[name];
    const loaded: Record<string, Said> = {};
    this.expected = {};
    for (const pool of Object.keys({ ...this.last, ...next })) {
      const [before, now, there] = [this.last[pool], next[pool], this.world.poolNamed(pool)];
      // A pool that is still going is not revived, and is new to the next file.
      const stays = now !== undefined && !there?.deleting;
      this.expected[pool] = stays ? merged(before, now, there && saidOf(there)) : null;
      if (stays) loaded[pool] = now;
    }
    this.last = loaded;
  }

  /** What the last load should have achieved, and did not. */
  unmet(): string[] {
    return Object.entries(this.expected).flatMap(([name, said]) => {
      const there = this.world.poolNamed(name);
      const is = there && !there.deleting ? saidOf(there) : null;
      return JSON.stringify(is) === JSON.stringify(said)
        ? []
        : [`${name} is ${JSON.stringify(is)}, not ${JSON.stringify(said)}`];
    });
  }
}

function saidOf({ size, spares, lease }: ModelPool): Said {
  return { size, spares, lease: lease.default! / 1_000 };
}

function merged(before: Said | undefined, now: Said, there: Said | undefined): Said {
  if (!before || !there) return now;
  return {
    size: now.size === before.size ? there.size : now.size,
    spares: now.spares === before.spares ? there.spares : now.spares,
    lease: now.lease === before.lease ? there.lease : now.lease,
  };
}
