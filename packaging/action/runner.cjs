// The little that an action needs of its runner: inputs, files of variables, masks.
const { spawnSync } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const { appendFileSync } = require('node:fs');

/** An input of the step; empty if it is not given. */
const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();

/** Runs the executable; gives its stdout, or ends the step with its exit code. */
function holdfast(words) {
  const env = { ...process.env, HOLDFAST_URL: input('url'), HOLDFAST_TOKEN: input('token') };
  const { status, stdout, error } = spawnSync(input('executable') || 'holdfast', words, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) process.stdout.write(`::error::${error.message}\n`);
  if (error || status !== 0) process.exit(status ?? 1);
  return stdout;
}

/** Adds a value to one of the files that the runner reads, whatever the value holds. */
function tell(file, name, value) {
  const end = `end-${randomUUID()}`;
  appendFileSync(process.env[file], `${name}<<${end}\n${value}\n${end}\n`);
}

/** Has the runner hide a value in its logs, line by line. */
function mask(value) {
  for (const line of String(value).split('\n'))
    if (line.trim() !== '')
      process.stdout.write(`::add-mask::${line.replaceAll('%', '%25').replaceAll('\r', '%0D')}\n`);
}

module.exports = { input, holdfast, tell, mask };
