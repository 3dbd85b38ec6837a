import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';
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
    /** The most that a program may print, in KiB, and the most of `list`. */
    outputKb: z.int().min(1).max(65_536).default(1_024),
    listKb: z.int().min(1).max(1_048_576).default(65_536),
    /** Between SIGTERM and SIGKILL, in ms. */
    killGraceMs: z.int().min(0).max(5_000).default(500),
    /** The most lines of stderr that are logged per second, over all calls of the pool. */
    logLines: z.int().min(0).max(1_000).default(20),
  })
  .superRefine((settings, context) => {
    for (const { path: at, message } of problemsOf(settings))
      context.addIssue({ code: 'custom', path: at, message });
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
];

/** The commands that each one asks for. */
const NEEDS: Partial<Record<CallName, readonly CallName[]>> = {
  provision: ['destroy', 'list', 'remove'],
  destroy: ['provision'],
  list: ['provision'],
  remove: ['provision'],
  issueCredential: ['retireCredential', 'checkCredential'],
  retireCredential: ['issueCredential'],
  openAccess: ['closeAccess', 'checkCredential'],
  closeAccess: ['openAccess'],
};

interface Problem {
  path: string[];
  message: string;
}

function problemsOf(settings: Omit<ExecSettings, 'env'>): Problem[] {
  const { commands: given } = settings;
  const at = (name: CallName, message: string): Problem => ({ path: ['commands', name], message });
  const missing = CALL_NAMES.filter((name) => given[name]).flatMap((name) =>
    (NEEDS[name] ?? [])
      .filter((needed) => !given[needed])
      .map((needed) => at(needed, `is missing: ${name} needs it`)),
  );
  const wrong: [boolean, Problem][] = [
    [!given.verify, at('verify', 'is missing')],
    [
      !given.clean && !settings.leavesNothing,
      at('clean', 'is missing; only with leavesNothing: true is nothing cleaned'),
    ],
    [
      Boolean(given.clean) && settings.leavesNothing,
      at('clean', 'is never called with leavesNothing: true; leave one of them out'),
    ],
    [
      Boolean(given.issueCredential && given.openAccess),
      at('issueCredential', 'is never called beside openAccess; leave one of them out'),
    ],
    [
      settings.replaces && !(given.provision && given.clean),
      { path: ['replaces'], message: 'needs the commands provision and clean' },
    ],
    [
      settings.accessByKey && !given.openAccess,
      { path: ['accessByKey'], message: 'needs the command openAccess' },
    ],
  ];
  return [...missing, ...wrong.filter(([is]) => is).map(([, problem]) => problem)];
}

/**
 * The capabilities that follow from the commands. A credential is lent as it is if it can be checked
 * and no access is opened; without `checkCredential` there is none, only details.
 */
export function execCapabilities(settings: ExecSettings): Capabilities {
  const { commands: given, accessByKey, replaces, leavesNothing } = settings;
  const opensAccess = Boolean(given.openAccess);
  return {
    provisions: Boolean(given.provision),
    rotates: Boolean(given.issueCredential),
    opensAccess,
    accessByKey,
    staticCredential: !opensAccess && Boolean(given.checkCredential),
    leavesNothing,
    simulates: false,
    replaces,
  };
}
