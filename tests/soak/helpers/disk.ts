import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from './soak';
import type { Step } from './trace';

type Change = Exclude<Step, { do: 'sync' }>;

/** What happens to unsynced changes when the power fails. */
export const FATES = ['drop', 'keep', 'tear'] as const;
export type Fate = (typeof FATES)[number];

const SECTOR = 512;

/**
 * Files as a disk holds them: what was surely synced, and what came after, which a power cut may
 * treat in any way.
 */
export class Disk {
  private readonly durable = new Map<string, Buffer>();
  private readonly pending = new Map<string, Change[]>();

  constructor(files: Record<string, Buffer>) {
    for (const [name, content] of Object.entries(files)) this.durable.set(name, content);
  }

  apply(step: Step): void {
    const waiting = this.pending.get(step.file) ?? [];
    if (step.do !== 'sync') {
      this.pending.set(step.file, [...waiting, step]);
      return;
    }
    this.durable.set(step.file, waiting.reduce(changed, this.contentOf(step.file)));
    this.pending.delete(step.file);
  }

  /** Writes the files as they are after the power cut. */
  cut(directory: string, fate: Fate, dice: Dice): void {
    for (const name of new Set([...this.durable.keys(), ...this.pending.keys()])) {
      const left = (this.pending.get(name) ?? []).flatMap((change) => spared(change, fate, dice));
      writeFileSync(join(directory, name), left.reduce(changed, this.contentOf(name)));
    }
  }

  private contentOf(name: string): Buffer {
    return this.durable.get(name) ?? Buffer.alloc(0);
  }
}

function changed(content: Buffer, change: Change): Buffer {
  if (change.do === 'truncate')
    return change.length <= content.length
      ? content.subarray(0, change.length)
      : Buffer.concat([content, Buffer.alloc(change.length - content.length)]);
  const result = Buffer.alloc(Math.max(content.length, change.offset + change.bytes.length));
  content.copy(result);
  change.bytes.copy(result, change.offset);
  return result;
}

/** Torn: of each write, any sectors may have reached the disk. */
function spared(change: Change, fate: Fate, dice: Dice): Change[] {
  if (fate === 'drop') return [];
  if (fate === 'keep') return [change];
  if (change.do === 'truncate') return dice.fraction() < 0.5 ? [change] : [];
  const pieces: Change[] = [];
  for (let from = 0; from < change.bytes.length;) {
    const to = Math.min(change.bytes.length, from + SECTOR - ((change.offset + from) % SECTOR));
    if (dice.fraction() < 0.5)
      pieces.push({
        ...change,
        offset: change.offset + from,
        bytes: change.bytes.subarray(from, to),
      });
    from = to;
  }
  return pieces;
}
