import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';
import type { ListingRules } from '../driver';
import { parseKnownHosts } from '../ssh-login/known-hosts';

const LOGIN_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;
/** Nothing in these needs quoting, or is read as an option. */
const HOST = /^[A-Za-z0-9_:][A-Za-z0-9_.:-]{0,252}$/;
const FOLDER = /^(\/[A-Za-z0-9_.-]+)+$/;

const port = z.coerce.number().int().min(1).max(65_535);
const command = z
  .array(
    z
      .string()
      .min(1)
      .regex(/^[^\0]*$/, 'must not contain a NUL'),
  )
  .min(1);
const userNumber = z.number().int().min(1_000).max(2_000_000_000);

export const sshSettings = z.strictObject({
  /** The user as whom the server logs in on every host. */
  user: z.string().regex(LOGIN_NAME, 'must be a login name'),
  /** The user's private key: a file that nobody else can read. */
  privateKeyFile: z.string().startsWith('/', 'must be an absolute path'),
  /** The absolute path of a `known_hosts` file, or the lines of one. */
  knownHosts: z.string().superRefine((text, context) => {
    if (isPath(text)) return;
    const { hosts, wrong } = parseKnownHosts(text);
    if (wrong.length > 0)
      context.addIssue({ code: 'custom', message: `line ${wrong[0]} is no line of known_hosts` });
    else if (hosts.length === 0)
      context.addIssue({ code: 'custom', message: 'must be an absolute path, or have a line' });
  }),
  /** Does the user become root by `sudo -n`? */
  sudo: z.boolean().default(false),
  /** The credential that is made for a holder who brings none. */
  login: z.enum(['password', 'key']).default('password'),
  /** The groups of the host to which holders belong. One that lets them become root is `root`. */
  groups: z.array(z.string().regex(LOGIN_NAME, 'must be the name of a group')).default([]),
  /** May holders become root, by one of these groups or otherwise? */
  holdersBecomeRoot: z.boolean().default(false),
  /** Run as root at each verification; the host is fine if it ends with 0. */
  checkCommand: command.optional(),
  /** Run as root after each loan, one after the other. */
  cleanCommands: z.array(command).default([]),
  /** Restart the host after each loan: `true`, or the command that does. */
  reboot: z.union([z.literal(true), command]).optional(),
  /** How long a host may take until it is back; ms. */
  rebootTimeoutMs: z.number().int().min(1_000).max(3_600_000).default(600_000),
  /** The folders in which files of holders, and files that run as somebody else, are searched. */
  roots: z
    .array(z.string().regex(FOLDER, 'must be an absolute path'))
    .default([
      '/etc',
      '/home',
      '/opt',
      '/root',
      '/run',
      '/srv',
      '/tmp',
      '/usr',
      '/var',
      '/dev/shm',
      '/dev/mqueue',
    ]),
  /** Parts of the inventory that may change by themselves, such as a path or `listener udp …`. */
  ignore: z.array(z.string().min(1)).default([]),
  /** Pause between two searches; ms. */
  settleMs: z.number().int().min(1_000).max(60_000).default(1_000),
  /** The numbers of the users that are made; each is given once. */
  userNumbers: z
    .strictObject({ from: userNumber, to: userNumber })
    .refine((range) => range.from <= range.to, 'from must not be above to')
    .default({ from: 20_000, to: 59_999 }),
});
export type SshSettings = z.output<typeof sshSettings>;

/** An admin sets times; the rest decides what is reached, what runs there, and what is found. */
export const SSH_FILE_ONLY: readonly (keyof SshSettings)[] = [
  'user',
  'privateKeyFile',
  'knownHosts',
  'sudo',
  'login',
  'groups',
  'holdersBecomeRoot',
  'checkCommand',
  'cleanCommands',
  'reboot',
  'roots',
  'ignore',
  'userNumbers',
];

/** The fields of a resource that say where it is. */
export const hostFields = z.object({
  host: z.string().regex(HOST, 'must be a host name or an address'),
  port: port.default(22),
});

/** The rules for listed hosts: each needs an address, which only the pools file may give. */
export const sshListing: ListingRules = { fields: hostFields, fileOnly: ['host', 'port'] };

export const SSH_CAPABILITIES: Capabilities = {
  provisions: false,
  rotates: false,
  opensAccess: true,
  accessByKey: true,
  staticCredential: false,
  leavesNothing: false,
  simulates: false,
  replaces: false,
  proves: 'R3',
};

/** Is `knownHosts` the path of a file? A line of one has spaces. */
export function isPath(text: string): boolean {
  return text.startsWith('/') && !/\s/.test(text.trim());
}
