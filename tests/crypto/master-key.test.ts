import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeMasterKey, loadMasterKey, MasterKeyError } from '../../src/crypto/master-key';

const KEY = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfeff', 'hex');

let dataDir: string;
let warnings: string[];
const warn = (message: string) => void warnings.push(message);

beforeEach(() => {
  dataDir = fs.mkdtempSync(join(tmpdir(), 'master-key-'));
  warnings = [];
});
afterEach(() => fs.rmSync(dataDir, { recursive: true }));

/** A file with this text and mode in the data directory. */
function file(name: string, text: string, mode = 0o600): string {
  const path = join(dataDir, name);
  fs.writeFileSync(path, text, { mode });
  fs.chmodSync(path, mode);
  return path;
}

describe('decodeMasterKey', () => {
  it.each(['hex', 'base64', 'base64url'] as const)(
    'reads %s, white space around it or not',
    (encoding) => {
      expect(decodeMasterKey(KEY.toString(encoding), 'MASTER_KEY')).toEqual(KEY);
      expect(decodeMasterKey(` ${KEY.toString(encoding)}\n`, 'MASTER_KEY')).toEqual(KEY);
    },
  );

  it.each([
    '',
    'short',
    KEY.toString('hex').slice(1),
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
    'g'.repeat(64),
  ])('refuses %p, naming the variable but not its value', (text) => {
    expect(() => decodeMasterKey(text, 'MASTER_KEY')).toThrow(
      new MasterKeyError('MASTER_KEY: must be 32 bytes, as base64 or as 64 hex digits.'),
    );
  });
});

describe('loadMasterKey', () => {
  it('takes the key from the variable, then from the file, then from the data directory', () => {
    const masterKeyFile = file('given', KEY.toString('base64'));
    const other = Buffer.alloc(32, 1);
    expect(
      loadMasterKey({ masterKey: other.toString('hex'), masterKeyFile, dataDir }, warn),
    ).toEqual(other);
    expect(loadMasterKey({ masterKeyFile, dataDir }, warn)).toEqual(KEY);
    expect(warnings).toEqual([]);
    expect(fs.existsSync(join(dataDir, 'master.key'))).toBe(false);
  });

  it('makes a key file for the owner only, keeps it, and warns each time', () => {
    const nested = join(dataDir, 'not', 'there');
    const key = loadMasterKey({ dataDir: nested }, warn);
    expect(key).toHaveLength(32);
    expect(loadMasterKey({ dataDir: nested }, warn)).toEqual(key);
    expect(fs.statSync(join(nested, 'master.key')).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(nested)).toEqual(['master.key']);
    expect(warnings).toEqual([
      expect.stringContaining('Created the master key'),
      expect.stringContaining('The master key is'),
    ]);
    expect(warnings.join()).not.toContain(key.toString('base64'));
  });

  it('has the whole key on disk before it appears under its name', () => {
    const order: string[] = [];
    const synced = jest.spyOn(fs, 'fsyncSync').mockImplementation(() => void order.push('sync'));
    const linked = jest.spyOn(fs, 'linkSync').mockImplementation((from, to) => {
      order.push('link');
      fs.copyFileSync(from, to);
    });
    loadMasterKey({ dataDir }, warn);
    expect(order).toEqual(['sync', 'link', 'sync']);
    synced.mockRestore();
    linked.mockRestore();
  });

  it('makes another key in another directory', () => {
    expect(loadMasterKey({ dataDir: join(dataDir, 'a') }, warn)).not.toEqual(
      loadMasterKey({ dataDir: join(dataDir, 'b') }, warn),
    );
  });

  it('takes the key of another process that was faster', () => {
    const looked = jest.spyOn(fs, 'existsSync').mockReturnValue(false);
    file('master.key', KEY.toString('base64'));
    expect(loadMasterKey({ dataDir }, warn)).toEqual(KEY);
    expect(fs.readdirSync(dataDir)).toEqual(['master.key']);
    expect(warnings).toEqual([expect.stringContaining('The master key is')]);
    looked.mockRestore();
  });

  it('warns of a file that others can read', () => {
    loadMasterKey({ masterKeyFile: file('open', KEY.toString('hex'), 0o644), dataDir }, warn);
    expect(warnings).toEqual([expect.stringContaining('Other users may read')]);
  });

  it('names the file that is missing, or holds no key', () => {
    const missing = join(dataDir, 'missing');
    expect(() => loadMasterKey({ masterKeyFile: missing, dataDir }, warn)).toThrow(
      new MasterKeyError(`The master key file ${missing} cannot be read (ENOENT).`),
    );
    const wrong = file('wrong', 'hunter2');
    expect(() => loadMasterKey({ masterKeyFile: wrong, dataDir }, warn)).toThrow(
      new MasterKeyError(`${wrong}: must be 32 bytes, as base64 or as 64 hex digits.`),
    );
  });

  it('never replaces a damaged key file', () => {
    file('master.key', '');
    expect(() => loadMasterKey({ dataDir }, warn)).toThrow(MasterKeyError);
    expect(fs.readFileSync(join(dataDir, 'master.key'), 'utf8')).toBe('');
  });

  it('says that the file cannot be created', () => {
    expect(() => loadMasterKey({ dataDir: join(file('plain', ''), 'below') }, warn)).toThrow(
      /cannot be created \((ENOTDIR|EEXIST)\)/,
    );
  });

  it('gives one key to processes that start at once', async () => {
    const keys = await Promise.all(
      Array.from({ length: 4 }, () => keyOfNewProcess(join(dataDir, 'shared'))),
    );
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(fs.readdirSync(join(dataDir, 'shared'))).toEqual(['master.key']);
  });
});

/** The key, in hex, that a process of its own loads from the directory. */
async function keyOfNewProcess(directory: string): Promise<string> {
  const script = `
    const { transformFileSync } = require('@swc/core');
    const { code } = transformFileSync('src/crypto/master-key.ts', {
      module: { type: 'commonjs' },
      jsc: { parser: { syntax: 'typescript' } },
    });
    const made = { exports: {} };
    new Function('exports', 'require', code)(made.exports, require);
    const key = made.exports.loadMasterKey({ dataDir: process.argv[1] }, () => {});
    process.stdout.write(key.toString('hex'));`;
  const child = spawn(process.execPath, ['-e', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return output;
}
