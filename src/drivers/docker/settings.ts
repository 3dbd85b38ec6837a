import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';
import type { DriverVariables } from '../driver';
import { secretPath, secretVariable } from '../secret-setting';
import { engineAddress } from './address';
import { IMAGE_NAME } from './image-name';

const port = z.number().int().min(1).max(65_535);
const command = z.array(z.string().min(1)).min(1);

/** A whole number of mebibytes or gibibytes, as the engine reads it. */
export const DISK_SIZE = /^[1-9]\d{0,5}[MG]$/;

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Passwords cross it, so that nothing but this machine is reached in clear. */
const execProxy = z.url({ protocol: /^https?$/ }).refine((text) => {
  // It is asked of every text, whether or not it is a URL.
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, username } = new URL(text);
  const isPlain = pathname === '/' && search === '' && username === '';
  return isPlain && (protocol === 'https:' || LOOPBACK.has(hostname));
}, 'must be https://HOST:PORT, or http:// on the loopback address');

const registryLogin = z
  .strictObject({
    /** Host and port, as images are named. */
    host: z.string().regex(/^[A-Za-z0-9.[\]:-]+$/, 'must be a host, or HOST:PORT'),
    username: z.string().min(1),
    password: secretVariable.optional(),
    passwordFile: secretPath.optional(),
  })
  .refine((login) => (login.password === undefined) !== (login.passwordFile === undefined), {
    path: ['password'],
    error: 'is needed, or passwordFile, and not both',
  });

export const dockerSettings = z
  .strictObject({
    /** An image with the two commands below, whose main process is an SSH server. */
    image: z.string().regex(IMAGE_NAME, "must be an image's name"),
    /** When the engine fetches an image: never, if it is missing, or before each container. */
    pull: z.enum(['never', 'missing', 'always']).default('never'),
    /** The login of a private registry; images of any other are pulled without one. */
    registryLogin: registryLogin.optional(),
    /** How long a pull may take, in ms. */
    pullTimeoutMs: z.number().int().min(1_000).max(86_400_000).default(1_800_000),
    memoryMb: z.number().int().min(16).default(256),
    cpus: z.number().positive().default(0.5),
    /** The most processes and threads at once. */
    pids: z.number().int().min(8).default(128),
    /** The address of the engine's machine on which SSH is published. */
    publishAddress: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
    /** The host name shown to holders, if it is not `publishAddress`. */
    advertiseHost: z.string().min(1).optional(),
    sshPort: port.default(22),
    /**
     * A bridge network of the engine on which containers cannot reach one another; by default, one of
     * this installation's own. One that shares the namespace of the host or of another container is
     * refused.
     */
    network: z
      .string()
      .regex(/^(?!(host|none)$)[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must be a bridge network')
      .optional(),
    /** The most that a holder can write to the container's disk, where the engine can limit that. */
    disk: z.string().regex(DISK_SIZE, 'must be a size like 500M or 5G').optional(),
    /** The range of published ports; without it the engine chooses. */
    portRange: z
      .strictObject({ from: port, to: port })
      .refine((range) => range.from <= range.to, 'from must not be above to')
      .optional(),
    /** Holders log in over SSH, or run commands by `docker exec` through a proxy. */
    access: z.enum(['ssh', 'exec']).default('ssh'),
    /** The address of that proxy, for us and for holders. */
    execProxy: execProxy.optional(),
    /** Run as root in the container; scripts/ssh-image describes their input. */
    grantCommand: command.default(['/sbin/holdfast-grant']),
    revokeCommand: command.default(['/sbin/holdfast-revoke']),
    /** The engine's socket; by default DOCKER_HOST, or else /var/run/docker.sock. */
    socketPath: z.string().startsWith('/').optional(),
    /** How long a new container may take until SSH answers, in ms. */
    startTimeoutMs: z.number().int().min(100).default(30_000),
  })
  .superRefine((settings, context) => {
    const report = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (settings.registryLogin && settings.pull === 'never')
      report('registryLogin', 'is of no use without pull');
    if (settings.access === 'exec' && settings.execProxy === undefined)
      report('execProxy', 'is needed where access is exec');
    if (settings.access === 'ssh' && settings.execProxy !== undefined)
      report('execProxy', 'is of no use unless access is exec');
  });

/** An admin sets limits and times; the rest decides what runs, and where. */
export const DOCKER_FILE_ONLY: readonly (keyof DockerSettings)[] = [
  'image',
  'pull',
  'registryLogin',
  'publishAddress',
  'advertiseHost',
  'sshPort',
  'network',
  'portRange',
  'access',
  'execProxy',
  'grantCommand',
  'revokeCommand',
  'socketPath',
];
export type DockerSettings = z.output<typeof dockerSettings>;

/** DOCKER_HOST is the address of the engine for pools without `socketPath`. */
export const dockerVariables: DriverVariables = {
  DOCKER_HOST: z.string().refine((text) => engineAddress(text) !== null, {
    error:
      'must be an address like unix:///var/run/docker.sock or tcp://host:2375; for ssh://, forward ' +
      'the socket.',
  }),
};

/** A key opens a login over SSH only. */
export function dockerCapabilities({ access }: DockerSettings): Capabilities {
  return {
    provisions: true,
    rotates: false,
    opensAccess: true,
    accessByKey: access === 'ssh',
    staticCredential: false,
    leavesNothing: false,
    simulates: false,
    replaces: true,
    proves: 'R4',
  };
}
