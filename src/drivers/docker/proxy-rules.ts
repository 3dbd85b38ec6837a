import { z } from 'zod';
import { CAPABILITIES, LABEL } from './container-spec';
import { BRIDGE_OPTION, REACH_OPTION } from './network';
import { DISK_SIZE } from './settings';

/** A call that may pass, as it is sent on to the engine. */
export interface Allowed {
  method: string;
  path: string;
  /** The parsed body, without anything that was not understood. */
  body: unknown;
  /**
   * The container that the call is about, or the command in one; it must be one of Holdfast's.
   */
  about: { kind: 'container' | 'exec'; id: string } | null;
  /** The header of the caller that goes on with the call, in small letters. */
  header: string | null;
}

interface Rule {
  method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  path: RegExp;
  query?: string[];
  body?: z.ZodType;
  about?: 'container' | 'exec';
  header?: string;
  /** Does the call fetch an image? Each must be in a repository that the operator has named. */
  isPull?: true;
}

const port = z.record(z.string(), z.strictObject({}));
const bindings = z.record(
  z.string(),
  z.array(z.strictObject({ HostIp: z.string(), HostPort: z.string() })),
);

/**
 * As unprivileged as `containerSpec` makes it. Any field that is not listed here is refused.
 */
const container = z.strictObject({
  name: z.string().optional(),
  Image: z.string(),
  Hostname: z.string().optional(),
  Labels: z
    .record(z.string(), z.string())
    .refine((labels) => labels[LABEL.installation] !== undefined),
  ExposedPorts: port.optional(),
  HostConfig: z.strictObject({
    Memory: z.number().positive(),
    MemorySwap: z.number().positive(),
    NanoCpus: z.number().positive(),
    PidsLimit: z.number().positive(),
    StorageOpt: z.strictObject({ size: z.string().regex(DISK_SIZE) }).optional(),
    PortBindings: bindings.optional(),
    NetworkMode: z.string().regex(/^(?!(host|none)$)[A-Za-z0-9][A-Za-z0-9_.-]*$/),
    Privileged: z.literal(false),
    CapDrop: z.tuple([z.literal('ALL')]),
    CapAdd: z.array(z.enum(CAPABILITIES)),
    SecurityOpt: z.tuple([z.literal('no-new-privileges')]),
    RestartPolicy: z.strictObject({ Name: z.literal('unless-stopped') }).optional(),
    Init: z.boolean().optional(),
  }),
});

/** A network of an installation's own, on which no container reaches another. */
const network = z.strictObject({
  Name: z.string().regex(/^holdfast-[0-9a-f]{10}$/),
  CheckDuplicate: z.literal(true),
  Driver: z.literal('bridge'),
  Options: z.strictObject({
    [REACH_OPTION]: z.literal('false'),
    [BRIDGE_OPTION]: z.string().regex(/^hf-[0-9a-f]{10}$/),
  }),
  Labels: z.strictObject({ [LABEL.installation]: z.string() }),
});

/**
 * A command in a container, with no more rights than that has. Docker's own clients send more, which
 * is left out.
 */
const command = z.object({
  Cmd: z.array(z.string()).min(1),
  User: z.string().optional(),
  Privileged: z.literal(false).optional(),
  Tty: z.boolean().optional(),
  ConsoleSize: z.array(z.number()).length(2).nullish(),
  Env: z.array(z.string()).nullish(),
  WorkingDir: z.string().optional(),
  DetachKeys: z.string().optional(),
  AttachStdin: z.boolean().optional(),
  AttachStdout: z.boolean().optional(),
  AttachStderr: z.boolean().optional(),
});

/**
 * Actions need a full id: a name could refer to another container by the time of the call.
 */
const ID = '([0-9a-f]{64})';
const RULES_OF_COMMANDS: Rule[] = [
  {
    method: 'POST',
    path: new RegExp(`^/containers/${ID}/exec$`),
    body: command,
    about: 'container',
  },
  { method: 'GET', path: new RegExp(`^/exec/${ID}/json$`), about: 'exec' },
  {
    method: 'POST',
    path: new RegExp(`^/exec/${ID}/start$`),
    body: z.object({
      Detach: z.boolean().optional(),
      Tty: z.boolean().optional(),
      ConsoleSize: z.array(z.number()).length(2).nullish(),
      hijack: z.boolean().optional(),
      stdin: z.boolean().optional(),
    }),
    about: 'exec',
  },
  {
    method: 'POST',
    path: new RegExp(`^/exec/${ID}/resize$`),
    query: ['h', 'w'],
    about: 'exec',
  },
];

/** The calls of the driver. */
const RULES: Rule[] = [
  { method: 'GET', path: /^\/_ping$/ },
  { method: 'GET', path: /^\/containers\/json$/, query: ['all', 'filters'] },
  { method: 'GET', path: /^\/containers\/([A-Za-z0-9][\w.-]*)\/json$/, about: 'container' },
  { method: 'GET', path: /^\/images\/(?!.*\.\.)[A-Za-z0-9][\w.:/@-]*\/json$/ },
  { method: 'GET', path: /^\/networks\/[A-Za-z0-9][A-Za-z0-9_.-]*$/ },
  {
    method: 'POST',
    path: /^\/images\/create$/,
    query: ['fromImage', 'tag'],
    body: z.strictObject({ fromImage: z.string(), tag: z.string() }),
    header: 'x-registry-auth',
    isPull: true,
  },
  { method: 'POST', path: /^\/networks\/create$/, body: network },
  { method: 'POST', path: /^\/containers\/create$/, query: ['name'], body: container },
  { method: 'POST', path: new RegExp(`^/containers/${ID}/start$`), about: 'container' },
  {
    method: 'POST',
    path: new RegExp(`^/containers/${ID}/restart$`),
    query: ['t'],
    body: z.strictObject({ t: z.number() }),
    about: 'container',
  },
  {
    method: 'POST',
    path: new RegExp(`^/containers/${ID}/wait$`),
    query: ['condition'],
    body: z.strictObject({ condition: z.string() }),
    about: 'container',
  },
  {
    method: 'DELETE',
    path: new RegExp(`^/containers/${ID}$`),
    query: ['force', 'v'],
    about: 'container',
  },
  ...RULES_OF_COMMANDS,
];

/** The calls of a holder's `docker exec`. */
const RULES_OF_HOLDERS: Rule[] = [
  { method: 'GET', path: /^\/_ping$/ },
  { method: 'HEAD', path: /^\/_ping$/ },
  { method: 'GET', path: new RegExp(`^/containers/${ID}/json$`), about: 'container' },
  ...RULES_OF_COMMANDS,
];

/**
 * The call as it may pass; null if it is refused. `text` is the body, empty if there is none.
 * `images`: the repositories whose images may be pulled, with all that are below them.
 */
export function judge(
  method: string,
  target: string,
  text: string,
  images: readonly string[] = [],
): Allowed | null {
  return judgeBy(RULES, { method, target, text }, images);
}

/** The same for the call of a holder. */
export function judgeOfHolder(method: string, target: string, text: string): Allowed | null {
  return judgeBy(RULES_OF_HOLDERS, { method, target, text }, []);
}

function judgeBy(
  rules: Rule[],
  { method, target, text }: { method: string; target: string; text: string },
  images: readonly string[],
): Allowed | null {
  const [path = '', search = ''] = target.replace(/^\/v\d+(\.\d+)?(?=\/)/, '').split('?', 2);
  const rule = rules.find((each) => each.method === method && each.path.test(path));
  if (!rule) return null;
  const body = bodyOf(rule, text);
  if (body === null) return null;
  const given = [...new URLSearchParams(search)].filter(([name]) => rule.query?.includes(name));
  if (rule.isPull && !mayPull(Object.fromEntries(given), images)) return null;
  const query = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
  return {
    method,
    path: path + query,
    body,
    about: rule.about ? { kind: rule.about, id: rule.path.exec(path)![1]! } : null,
    header: rule.header ?? null,
  };
}

/** One tag of a repository that is in the list, or below one that is. */
function mayPull({ fromImage = '', tag = '' }: Record<string, string>, images: readonly string[]) {
  return (
    /^[a-z0-9][a-z0-9._:/-]*$/i.test(fromImage) &&
    /^(\w[\w.-]{0,127}|sha256:[0-9a-f]{64})$/.test(tag) &&
    images.some((each) => fromImage === each || fromImage.startsWith(`${each}/`))
  );
}

/** The body to send on: undefined for none, null if it is refused. */
function bodyOf({ body }: Rule, text: string): unknown {
  if (!body) return text === '' ? undefined : null;
  try {
    const result = body.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

/** Does the engine's description show one of Holdfast's containers? */
export function isOurs(described: unknown): boolean {
  const labels = z
    .object({ Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }) })
    .safeParse(described);
  return labels.success && labels.data.Config.Labels?.[LABEL.installation] !== undefined;
}
