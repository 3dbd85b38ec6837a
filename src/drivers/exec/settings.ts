import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';
import { LEVELS } from '../../domain/returns/level';
import { capabilitiesOf, mismatches } from '../message-capabilities';
import { CALL_NAMES, type CallName } from '../messages';

const NO_NUL = /^[^\0]*$/;
const text = z.string().regex(NO_NUL, { error: 'must not contain NUL' });
const path = text.startsWith('/', { error: 'must be an absolute path' });

/** A program and its arguments. No shell reads them, and no value of a call is put into them. */
const argv = z.tuple([path], text);

const commands = z.strictObject(
  Object.fromEntries(CALL_NAMES.map((name) => [name, argv.optional()])) as Record<
    CallName,
    z.ZodOptional<typeof argv>
  >,
);
export type Commands = z.output<typeof commands>;

export const execSettings = z
  .strictObject({
    /** The program of each call. Its capabilities follow from those given. */
    commands,
    /** Added to the few variables that a program gets. */
    env: z.record(z.string().regex(/^(?!HOLDFAST_CALL$)[A-Za-z_][A-Za-z0-9_]*$/), text).default({}),
    /** The working directory; by default a folder of this driver in the data directory. */
    cwd: path.optional(),
    /** Access may be opened by SSH key. */
    accessByKey: z.boolean().default(false),
    /** Cleaning puts a new resource in the place of the old one, and proves it. */
    replaces: z.boolean().default(false),
    /** Nothing of a holder can stay behind, so that nothing needs cleaning. */
    leavesNothing: z.boolean().default(false),
    /** The level of a return that the answers show. */
    proves: z.enum(LEVELS).optional(),
    /** The most that a program may print, in KiB, and the most of `list`. */
    outputKb: z.int().min(1).max(65_536).default(1_024),
    listKb: z.int().min(1).max(1_048_576).default(65_536),
    /** Between SIGTERM and SIGKILL, in ms. */
    killGraceMs: z.int().min(0).max(5_000).default(500),
    /** The most lines of stderr that are logged per second, over all calls of the pool. */
    logLines: z.int().min(0).max(1_000).default(20),
  })
  .superRefine((settings, context) => {
    for (const { at, message } of mismatches(callsOf(settings.commands), settings))
      context.addIssue({
        code: 'custom',
        path: at in commands.shape ? ['commands', at] : [at],
        message,
      });
  });
export type ExecSettings = z.output<typeof execSettings>;

/** An admin sets limits only. */
export const EXEC_FILE_ONLY: readonly (keyof ExecSettings)[] = [
  'commands',
  'env',
  'cwd',
  'accessByKey',
  'replaces',
  'leavesNothing',
  'proves',
];

/** The capabilities that follow from the commands. */
export function execCapabilities(settings: ExecSettings): Capabilities {
  return capabilitiesOf(callsOf(settings.commands), settings);
}

function callsOf(given: Commands): Set<CallName> {
  return new Set(CALL_NAMES.filter((name) => given[name]));
}
