/** Means something to a shell or to ssh, or makes an option of a word. */
const UNSAFE = /[\p{C}\s'"`$\\;&|<>(){}*?!#,%]|^-/u;
const KEY = /^[a-z0-9@.-]+ [A-Za-z0-9+/=]+$/;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/=]+$/;

type Fields = Readonly<Record<string, unknown>>;

/** A line for a shell, and a word about it. */
export interface SshLine {
  command: string;
  hint?: string;
}

/**
 * The line that logs in to a resource, bound to its host key if the whole key is known; null: it has
 * no login over SSH, or one that could do harm in a shell.
 */
export function sshLineOf(details: Fields, credentials: Fields): SshLine | null {
  const { host, port = 22, username, user, hostKey, privateKey } = { ...details, ...credentials };
  const name = username ?? user;
  const portText = typeof port === 'number' ? String(port) : port;
  if (!isPlain(host) || !isPlain(name) || !isPlain(portText)) return null;
  if (!/^\d{1,5}$/.test(portText)) return null;
  const key = (typeof hostKey === 'string' ? hostKey : '').split(/\s+/).slice(0, 2).join(' ');
  const words = [
    // A connection that is kept open may lead to the thing of an earlier loan.
    'ssh -o ControlPath=none',
    ...(KEY.test(key) ? bindingTo(key) : []),
    ...(privateKey === undefined ? [] : ['-o IdentitiesOnly=yes -i KEYFILE']),
    ...(portText === '22' ? [] : [`-p ${portText}`]),
    `-l ${name} -- ${host}`,
  ];
  return { command: words.join(' '), hint: hintFor(key, privateKey !== undefined) };
}

/** Older ssh, without `KnownHostsCommand`, refuses the option rather than trust another host. */
function bindingTo(key: string): string[] {
  const files = '-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null';
  return [
    `-o 'KnownHostsCommand=/bin/echo holdfast-loan ${key}'`,
    '-o HostKeyAlias=holdfast-loan',
    `-o StrictHostKeyChecking=yes ${files}`,
  ];
}

function hintFor(key: string, hasPrivateKey: boolean): string | undefined {
  const hints = [
    ...(FINGERPRINT.test(key) ? [`The host has to show the key ${key}.`] : []),
    ...(hasPrivateKey ? ['Save privateKey as KEYFILE first, readable by you only.'] : []),
  ];
  return hints.length === 0 ? undefined : hints.join(' ');
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !UNSAFE.test(value);
}
