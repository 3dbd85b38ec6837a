import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { temporaryDirectory } from '../../helpers/engine';
import { MAIN, ROOT } from '../../helpers/process';
import { Lab } from './lab';

const text = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'));

/** The fenced blocks of one language in a section of docs/ci.md. */
function blocks(section: string, language: string): string[] {
  const body = text.split(/^## /m).find((each) => each.startsWith(`${section}\n`))!;
  return [...body.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, block]) =>
    name === language ? [block!] : [],
  );
}

let lab: Lab;
let path: string;
beforeAll(async () => {
  lab = await Lab.start();
  const folder = temporaryDirectory();
  const program = `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`;
  writeFileSync(join(folder, 'holdfast'), program, { mode: 0o755 });
  path = `${folder}:${process.env.PATH}`;
});
afterEach(async () => expect(await lab.live()).toEqual([]));

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

function run(program: string, words: string[], env: object = {}, cwd?: string): Promise<Ran> {
  const where = { HOLDFAST_URL: lab.server.url, HOLDFAST_TOKEN: lab.token };
  const options = {
    cwd: cwd ?? temporaryDirectory(),
    env: { PATH: path, XDG_CONFIG_HOME: temporaryDirectory(), ...where, ...env },
  };
  return new Promise((resolve) =>
    execFile(program, words, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  );
}

const shell = (script: string, cwd?: string) => run('sh', ['-ec', script], {}, cwd);

test('the jobs for GitLab run, and give back', async () => {
  const jobs = parse(blocks('GitLab', 'yaml')[0]!);
  expect(Object.keys(jobs)).toEqual(['test', 'several-steps']);
  for (const { script, after_script: after } of Object.values<Record<string, string[]>>(jobs)) {
    const folder = temporaryDirectory();
    expect(await shell(script!.join('\n'), folder)).toMatchObject({ code: 0 });
    if (after) expect(await shell(after.join('\n'), folder)).toMatchObject({ code: 0 });
  }
});

test('the step for Jenkins runs', async () => {
  const [pipeline] = blocks('Jenkins', 'groovy');
  const [, step] = /sh '(.*)'$/m.exec(pipeline!)!;
  // Groovy reads a backslash within single quotes.
  expect(await shell(step!.replace(/\\(.)/g, '$1'))).toMatchObject({ code: 0 });
});

test('the Makefile runs', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'Makefile'), blocks('Make', 'make')[0]!);
  expect(await run('make', ['test'], {}, folder)).toMatchObject({ code: 0 });
});

test('the steps for GitHub name what action.yml has, and the second runs', async () => {
  const [first, second] = blocks('GitHub Actions', 'yaml').map((block) => parse(block));
  const given = first.jobs.test.steps[0].with;
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
  expect(await shell(second.jobs.test.steps[0].run)).toMatchObject({ code: 0 });
});

/** What a runner reads from a file that a step wrote. */
function told(file: string): Record<string, string> {
  const entries = readFileSync(file, 'utf8').matchAll(/^(\w+)<<(\S+)\n(.*?)\n\2$/gms);
  return Object.fromEntries([...entries].map(([, name, , value]) => [name!, value!]));
}

test('the action gives later steps the credentials, masks them, and gives back in the end', async () => {
  const folder = temporaryDirectory();
  const files = Object.fromEntries(
    ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV'].map((name) => {
      writeFileSync(join(folder, name), '');
      return [name, join(folder, name)];
    }),
  );
  const inputs = {
    ...{ INPUT_URL: lab.server.url, INPUT_TOKEN: lab.token, INPUT_POOL: 'lab:2' },
    ...{ INPUT_FOR: '5m', INPUT_PREFIX: 'CI_', INPUT_EXECUTABLE: 'holdfast' },
  };
  const step = (script: string, env: object = {}) =>
    run(process.execPath, [join(ROOT, script)], { ...inputs, ...files, ...env });
  const { code, stdout } = await step(action.runs.main);
  expect(code).toBe(0);
  const [loan] = await lab.live();
  const { resources } = await lab.admin.reservations.get(loan!);
  const variables = told(files.GITHUB_ENV!);
  resources.forEach(({ credentials }, index) => {
    expect(variables[`CI_LAB_${index + 1}_PASSWORD`]).toBe(credentials!.password);
    expect(stdout).toContain(`::add-mask::${credentials!.password}\n`);
  });
  expect(told(files.GITHUB_OUTPUT!)).toEqual({ loan });
  const { loan: STATE_loan } = told(files.GITHUB_STATE!);
  expect(await step(action.runs.post, { STATE_loan })).toMatchObject({ code: 0 });
  expect(action.runs['post-if']).toBe('always()');
});

test('a refusal fails the step with the code of reserve, and the last step does nothing', async () => {
  const inputs = { INPUT_URL: lab.server.url, INPUT_TOKEN: lab.token, INPUT_POOL: 'lab:9' };
  const step = (script: string) => run(process.execPath, [join(ROOT, script)], inputs);
  expect((await step(action.runs.main)).code).toBe(76);
  expect((await step(action.runs.post)).code).toBe(0);
});
