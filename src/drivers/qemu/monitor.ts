import { DriverError } from '../driver';
import { JsonSocket } from './json-socket';

/** How long QEMU may take to answer, in ms: it answers at once, unless it hangs. */
const ANSWER_TIME = 2_000;
export const MONITOR_SOCKET = 'qmp';

/**
 * The state of a virtual machine as QEMU's monitor tells it, such as `running` or `paused`. Errors:
 * DriverError (resource) if the monitor does not answer.
 */
export async function stateOf(folder: string, signal: AbortSignal): Promise<string> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIME)]);
  const socket = await JsonSocket.open(folder, MONITOR_SOCKET).catch((cause: unknown) => {
    throw new DriverError('resource', "The virtual machine's monitor cannot be reached.", {
      cause,
    });
  });
  try {
    await execute(socket, 'qmp_capabilities', within);
    const { status } = (await execute(socket, 'query-status', within)) as { status?: unknown };
    return String(status);
  } finally {
    socket.close();
  }
}

async function execute(socket: JsonSocket, command: string, signal: AbortSignal): Promise<object> {
  socket.send(`${JSON.stringify({ execute: command, id: command })}\n`);
  for (;;) {
    // The greeting and events come in between.
    const answer = (await socket.next(signal)) as { id?: unknown; return?: object } | null;
    if (answer?.id !== command) continue;
    if (answer.return) return answer.return;
    throw new DriverError('resource', `The virtual machine's monitor refuses ${command}.`);
  }
}
