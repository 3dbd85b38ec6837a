import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createProgram } from '../../../src/cli/program';
import { leavesOf } from '../../cli/remote/leaves';
import { CANARY, goldenFile, settled } from './compared';
import { LOAN_CASES } from './loan-cases';
import { REMOTE_CASES } from './remote-cases';
import { SERVER_CASES } from './server-cases';

const CASES = [LOAN_CASES, REMOTE_CASES, SERVER_CASES].flatMap((cases) => Object.keys(cases));

const FILES = readdirSync(__dirname).filter((file) => file.endsWith('.txt'));

test('every command of the program has golden outputs', () => {
  const names = leavesOf(createProgram()).map(({ name }) => name);
  expect(names.filter((name) => !CASES.includes(name))).toEqual([]);
});

test('every golden file is of a case', () => {
  expect(FILES.sort()).toEqual(CASES.map((name) => basename(goldenFile(name))).sort());
});

test('no golden file has a secret', () => {
  for (const file of FILES) {
    const text = readFileSync(join(__dirname, file), 'utf8');
    expect(text).not.toContain(CANARY);
    expect(text).not.toMatch(/\b(hf|hfs|whsec)_(?!wrong\b)\w/);
    expect(text).not.toMatch(/password(?:["']?: *| {2,})(?!password\b|nothing\b)["']?\w{8,}/);
  }
});

test('secrets are taken out of what was seen', () => {
  const outputs = [`token  hf_${'x'.repeat(40)}`, `secret  whsec_${'x'.repeat(40)}`];
  for (const output of [...outputs, `  password  ${'x'.repeat(40)}`])
    expect(settled(output)).not.toContain('xxx');
});
