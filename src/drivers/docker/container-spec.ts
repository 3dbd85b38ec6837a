import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import type { Call, Target } from '../driver';
import { DriverError } from '../driver';
import { hostName, shortId } from '../ssh-login/names';
import { IMAGE_NAME } from './image-name';
import { DISK_SIZE, type DockerSettings } from './settings';

export const LABEL = {
  installation: 'holdfast.installation',
  pool: 'holdfast.pool',
  resource: 'holdfast.resource',
  name: 'holdfast.name',
  operation: 'holdfast.operation',
  attempt: 'holdfast.attempt',
} as const;

/**
 * An SSH server needs SETUID, SETGID and SYS_CHROOT (OpenSSH's privilege separation) to log users
 * in; granting and revoking need the others to hand over homes and to kill processes. The rest of
 * Docker's default set is dropped.
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

/** The image and limits of a container: those of the settings, overridden by the type. */
export interface Shape {
  image: string;
  memoryMb: number;
  cpus: number;
  pids: number;
  /** A size like 5G; undefined: without limit. */
  disk: string | undefined;
}

/**
 * The shape of a resource's container. A type may override `image`, `memoryMb`, `cpus`, `pids`
 * and `disk` in its spec. Errors: DriverError for a limit or an image's name that is
 * none.
 */
export function shapeOf(settings: DockerSettings, spec: Target['spec']): Shape {
  return {
    image: imageIn(spec) ?? settings.image,
    memoryMb: numberIn(spec, 'memoryMb') ?? settings.memoryMb,
    cpus: numberIn(spec, 'cpus') ?? settings.cpus,
    pids: numberIn(spec, 'pids') ?? settings.pids,
    disk: diskIn(spec) ?? settings.disk,
  };
}

/** The labels by which this attempt of this operation recognises its container. */
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

/** A container name unique to this attempt, so that those of two attempts can coexist. */
export function containerName(installation: string, target: Target, call: Call): string {
  const unique = shortId(`${installation}/${call.operationId}`);
  return `${hostName(target.name, 'container')}-${unique}-${call.attempt}`;
}

/** The network of the containers: the one in the settings, or the installation's own. */
export function networkName(settings: DockerSettings, installation: string): string {
  return settings.network ?? `holdfast-${shortId(installation)}`;
}

/** The container to create: unprivileged, without mounts, in namespaces of its own. */
export function containerSpec(
  settings: DockerSettings,
  installation: string,
  target: Target,
  call: Call,
  hostPort: number | null,
): ContainerCreateOptions {
  const shape = shapeOf(settings, target.spec);
  return {
    name: containerName(installation, target, call),
    Image: shape.image,
    Hostname: hostName(target.name, 'container'),
    Labels: labelsOf(installation, target, call),
    ...(settings.access === 'ssh' && { ExposedPorts: { [`${settings.sshPort}/tcp`]: {} } }),
    HostConfig: {
      ...limitsOf(shape),
      ...(settings.access === 'ssh' && { PortBindings: bindingsOf(settings, hostPort) }),
      NetworkMode: networkName(settings, installation),
      Privileged: false,
      CapDrop: ['ALL'],
      CapAdd: [...CAPABILITIES],
      SecurityOpt: ['no-new-privileges'],
      // A holder's container restarts with the engine; verification then decides whether it works.
      RestartPolicy: { Name: 'unless-stopped' },
      Init: true,
    },
  };
}

/** How a container differs from what `containerSpec` would make now; null if it does not. */
export function differenceOf(
  found: ContainerInspectInfo,
  shape: Shape,
  imageId: string | null,
  { network, isPublished }: { network: string; isPublished: boolean },
): string | null {
  if (imageId === null ? found.Config.Image !== shape.image : found.Image !== imageId)
    return 'The container runs another image.';
  const host = found.HostConfig;
  const wanted = limitsOf(shape);
  if (
    host.Memory !== wanted.Memory ||
    host.NanoCpus !== wanted.NanoCpus ||
    host.PidsLimit !== wanted.PidsLimit ||
    host.StorageOpt?.size !== shape.disk
  )
    return 'The container has other limits.';
  if (host.NetworkMode !== network) return 'The container is on another network.';
  if (Object.keys((host.PortBindings ?? {}) as object).length > 0 !== isPublished)
    return 'The container is reached in another way.';
  if (host.Privileged || (host.Binds?.length ?? 0) > 0)
    return 'The container has more rights than it was made with.';
  return null;
}

function bindingsOf({ sshPort, publishAddress }: DockerSettings, hostPort: number | null) {
  const HostPort = hostPort === null ? '' : String(hostPort);
  return { [`${sshPort}/tcp`]: [{ HostIp: publishAddress, HostPort }] };
}

function limitsOf(shape: Shape) {
  const memory = shape.memoryMb * MEBIBYTE;
  // MemorySwap is the sum of both, so the same number means no swap.
  return {
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: Math.round(shape.cpus * 1e9),
    PidsLimit: shape.pids,
    ...(shape.disk === undefined ? {} : { StorageOpt: { size: shape.disk } }),
  };
}

function imageIn({ image }: Target['spec']): string | undefined {
  if (image === undefined) return undefined;
  if (typeof image !== 'string' || !IMAGE_NAME.test(image))
    throw new DriverError('resource', "The type's image is not an image's name.");
  return image;
}

function diskIn({ disk }: Target['spec']): string | undefined {
  if (disk === undefined) return undefined;
  if (typeof disk !== 'string' || !DISK_SIZE.test(disk))
    throw new DriverError('resource', "The type's disk is not a size like 500M or 5G.");
  return disk;
}

function numberIn(spec: Target['spec'], field: string): number | undefined {
  const value = spec[field];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0)
    throw new DriverError('resource', `The type's ${field} is not a number above 0.`);
  return number;
}
