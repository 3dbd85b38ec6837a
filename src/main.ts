import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { assets } from './assets';
import { addImport } from './cli/import';
import { addServe } from './cli/serve';
import { ConfigError } from './config-error';
import { MasterKeyError } from './crypto/master-key';
import { DomainError } from './domain/errors';

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78;

async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync(assets.packageJson(), 'utf8')) as { version: string };
  const program = new Command('holdfast').description('Lends scarce things for a limited time, and gets every one of them back clean.').version(version);
  addServe(program);
  addImport(program);
  await program.parseAsync();
}

main().catch((error: unknown) => {
  const misconfigured = error instanceof ConfigError || error instanceof MasterKeyError || error instanceof DomainError;
  process.stderr.write(`holdfast: ${misconfigured ? error.message : String(error instanceof Error ? (error.stack ?? error.message) : error)}\n`);
  process.exit(misconfigured ? EXIT_CONFIG : 1);
});
