import { changesSinceRelease } from './released';

const changes = changesSinceRelease();
if (changes.length > 0) {
  const count = `${changes.length} of these break clients of the last release (docs/api).`;
  process.stderr.write(`${changes.join('\n')}\n\n${count}\n`);
  process.exitCode = 1;
}
