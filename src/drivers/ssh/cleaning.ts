import { DriverError, NotYet, type Call, type Details } from '../driver';
import { onHost, type Host, type HostCall } from './host';
import { searchTwice } from './proof';
import { detailsOf, inventoryOf } from './taken';

/** Pause between two looks whether a host is back, in ms. */
const LOOK_EVERY = 5_000;
const RESTART = ['systemctl', 'reboot'];

/** A restart that has begun; `since` in epoch ms. */
interface Restart {
  boot: string;
  since: number;
}

/** The restart that a call has begun, if it has. */
interface Restarting {
  begun: Restart | null;
}

/**
 * Removes everything of the last holder from a host, and shows by two searches that nothing is left.
 * Errors: DriverError that names what is left, NotYet while the host restarts.
 */
export async function cleanHost(context: HostCall): Promise<Details> {
  const { call } = context;
  if (call.memo !== null) {
    await untilBack(context, JSON.parse(call.memo) as Restart);
    return onHost(context, (host) => searched(host, context));
  }
  const restarting: Restarting = { begun: null };
  return onHost(context, (host) => firstCall(host, context, restarting)).catch((error: unknown) => {
    if (restarting.begun === null) throw error;
    // The connection ends with the host, often before its answer has come.
    unlessStopped(error, call);
    throw notBack(restarting.begun, context.now);
  });
}

async function firstCall(host: Host, context: HostCall, restarting: Restarting): Promise<Details> {
  const { target, settings } = context;
  await inventoryOf(host, target);
  await host.close();
  for (const [index, command] of settings.cleanCommands.entries())
    await requireDone(host, command, `cleanCommands[${index}]`);
  if (settings.reboot) await restart(host, context, restarting);
  return searched(host, context);
}

async function searched(host: Host, { target, call, settings, now }: HostCall): Promise<Details> {
  const before = await inventoryOf(host, target);
  const found = await searchTwice(host, { ...settings, before }, call, now);
  await host.clear();
  call.show({ searched: found });
  return detailsOf(host);
}

async function requireDone(host: Host, command: readonly string[], name: string): Promise<void> {
  const status = await host.run(command);
  if (status !== 0)
    throw new DriverError('resource', `On the host, ${name} ended with status ${status}.`);
}

/** Restarts the host. Errors: NotYet, always, unless its command fails. */
async function restart(
  host: Host,
  { settings, now }: HostCall,
  restarting: Restarting,
): Promise<never> {
  const begun = { boot: await host.boot(), since: now() };
  restarting.begun = begun;
  const status = await host.run(settings.reboot === true ? RESTART : settings.reboot!);
  if (status === 0) throw notBack(begun, now);
  restarting.begun = null;
  throw new DriverError('resource', `The restart ended with status ${status}.`);
}

/** Errors: NotYet until the host has started again, DriverError after `rebootTimeoutMs`. */
async function untilBack(context: HostCall, begun: Restart): Promise<void> {
  const { call, settings, now } = context;
  const boot = await onHost(context, (host) => host.boot()).catch((error: unknown) =>
    unlessStopped(error, call),
  );
  if (boot !== null && boot !== begun.boot) return;
  if (now() - begun.since > settings.rebootTimeoutMs)
    throw new DriverError('resource', 'The host has not come back from its restart.');
  throw notBack(begun, now);
}

function notBack(begun: Restart, now: () => number): NotYet {
  return new NotYet(now() + LOOK_EVERY, 'The host restarts.', JSON.stringify(begun));
}

/** null for a failure that a host which restarts may cause. Errors: the failure, at the deadline. */
function unlessStopped(error: unknown, { signal }: Call): null {
  if (signal.aborted || !(error instanceof DriverError) || error.scope === 'backend') throw error;
  return null;
}
