import { createHash } from 'node:crypto';
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import type { Call, Target } from '../driver';
import { DriverError } from '../driver';
import type { DockerSettings } from './settings';

export const LABEL = {
  installation: 'holdfast.installation',
  pool: 'holdfast.pool',
  resource: 'holdfast.resource',
  name: 'holdfast.name',
  operation: 'holdfast.operation',
  attempt: 'holdfast.attempt',
} as const;

/**
 * What an SSH server needs to log users in (SETUID, SETGID, SYS_CHROOT for OpenSSH's privilege
 * separation) and what granting and revoking need to give and take homes and end processes. All
 * else of Docker's own set is dropped.
 */
export const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'KILL',
  'SETGID',
  'SETUID',
  'SYS_CHROOT',
] as const;

const MEBIBYTE = 1024 * 1024;

/** What a container is made of: the settings, with what the resource's type says instead. */
export interface Shape {
  image: string;
  memoryMb: number;
  cpus: number;
  pids: number;
}

/**
 * The shape of a thing's container. A type may override `image`, `memoryMb`, `cpus` and `pids` in
 * its spec.
 */
export function shapeOf(settings: DockerSettings, spec: Target['spec']): Shape {
  return {
    image: typeof spec.image === 'string' ? spec.image : settings.image,
    memoryMb: numberIn(spec, 'memoryMb') ?? settings.memoryMb,
    cpus: numberIn(spec, 'cpus') ?? settings.cpus,
    pids: numberIn(spec, 'pids') ?? settings.pids,
  };
}

/** The labels by which this try of this operation finds its container again. */
export function labelsOf(installation: string, target: Target, call: Call): Record<string, string> {
  return {
    [LABEL.installation]: installation,
    [LABEL.pool]: target.pool,
    [LABEL.resource]: target.resourceId,
    [LABEL.name]: target.name,
    [LABEL.operation]: call.operationId,
    [LABEL.attempt]: String(call.attempt),
  };
}

/** A name that no other try bears, so that two tries can stand side by side. */
export function containerName(installation: string, target: Target, call: Call): string {
  return `${hostName(target.name)}-${shortId(`${installation}/${call.operationId}`)}-${call.attempt}`;
}

/** Ten hexadecimal digits that stand for a longer id in names that must be short. */
export function shortId(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 10);
}

/** What the engine is told to make: unprivileged, without mounts, in namespaces of its own. */
export function containerSpec(
  settings: DockerSettings,
  installation: string,
  target: Target,
  call: Call,
  hostPort: number | null,
): ContainerCreateOptions {
  const shape = shapeOf(settings, target.spec);
  const port = `${settings.sshPort}/tcp`;
  return {
    name: containerName(installation, target, call),
    Image: shape.image,
    Hostname: hostName(target.name),
    Labels: labelsOf(installation, target, call),
    ExposedPorts: { [port]: {} },
    HostConfig: {
      ...limitsOf(shape),
      PortBindings: {
        [port]: [
          { HostIp: settings.publishAddress, HostPort: hostPort === null ? '' : String(hostPort) },
        ],
      },
      NetworkMode: settings.network,
      Privileged: false,
      CapDrop: ['ALL'],
      CapAdd: [...CAPABILITIES],
      SecurityOpt: ['no-new-privileges'],
      // A holder's container comes back with the engine; what it is worth then is for verification
      // to say.
      RestartPolicy: { Name: 'unless-stopped' },
      Init: true,
    },
  };
}

/** Why a container is not what `containerSpec` would make now; null if it is. */
export function differenceOf(
  found: ContainerInspectInfo,
  shape: Shape,
  imageId: string | null,
): string | null {
  if (imageId === null ? found.Config.Image !== shape.image : found.Image !== imageId)
    return 'It runs another image.';
  const host = found.HostConfig;
  const wanted = limitsOf(shape);
  if (
    host.Memory !== wanted.Memory ||
    host.NanoCpus !== wanted.NanoCpus ||
    host.PidsLimit !== wanted.PidsLimit
  )
    return 'It has other limits.';
  if (host.Privileged || (host.Binds?.length ?? 0) > 0)
    return 'It has more rights than it was made with.';
  return null;
}

function limitsOf(shape: Shape) {
  const memory = shape.memoryMb * MEBIBYTE;
  // MemorySwap counts both: as much as memory alone means no swap.
  return {
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: Math.round(shape.cpus * 1e9),
    PidsLimit: shape.pids,
  };
}

function numberIn(spec: Target['spec'], field: string): number | undefined {
  const value = spec[field];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0)
    throw new DriverError('resource', `The type's ${field} is not a number above 0.`);
  return number;
}

/** Host names have letters, digits and hyphens, and 63 of them at most. */
function hostName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^-+|-+$/g, '');
  return plain.slice(0, 40) || 'container';
}
