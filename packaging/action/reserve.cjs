// Borrows for the job, and gives the later steps the variables of `holdfast reserve -o env`.
const { input, holdfast, tell, mask } = require('./runner.cjs');

/** Credentials that are no secret: to hide a name or a port would spoil every log. */
const OPEN = /^(user(name)?|host|port|hostkey|url)$/i;
const lines = (text) => text.split('\n').flatMap((line) => line.trim() || []);

const words = ['reserve', '-o', 'json'];
for (const name of ['pool', 'item'])
  for (const value of lines(input(name))) words.push(`--${name}`, value);
for (const name of ['for', 'wait', 'note']) if (input(name)) words.push(`--${name}`, input(name));

const loan = JSON.parse(holdfast(words));
tell('GITHUB_STATE', 'loan', loan.id);
tell('GITHUB_OUTPUT', 'loan', loan.id);
for (const { credentials } of loan.resources)
  for (const [name, value] of Object.entries(credentials ?? {})) if (!OPEN.test(name)) mask(value);

const prefix = input('prefix') ? ['--prefix', input('prefix')] : [];
const assignments = holdfast(['wait', loan.id, '-o', 'env', ...prefix]);
for (const [, name, value] of assignments.matchAll(/^(\w+)=((?:'[^']*'|\\'|[^\s'\\])*)$/gm))
  tell('GITHUB_ENV', name, value.replace(/'([^']*)'|\\(')/g, '$1$2'));
