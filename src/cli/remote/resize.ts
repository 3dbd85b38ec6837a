import type { Command } from 'commander';
import { wholeNumber } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { show } from './output';

/** `holdfast resize POOL N`: how many resources a pool is to have. */
export function addResize(program: Command): void {
  showingCommand(program, 'resize', {
    about:
      'Say how many resources a pool is to have. The server makes or removes them; what is lent ' +
      'stays until its loan ends.',
    examples: ['resize lab 5'],
  })
    .argument('<pool>', 'The name of the pool.')
    .argument('<size>', 'The number of its resources.', wholeNumber)
    .action(async (name: string, size: number, _options: unknown, command: Command) => {
      const pool = await (await connect(command)).pools.update(name, { size });
      const { total = 0, available = 0, allocated = 0 } = pool.counts;
      await show(command, {
        body: pool,
        name: pool.name,
        facts: [
          ['pool', pool.name],
          ['size', pool.size],
          ['now', `${total} in all, ${available} free, ${allocated} lent`],
        ],
      });
    });
}
