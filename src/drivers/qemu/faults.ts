import { DriverError } from '../driver';

/** The processor of a guest met something that the accelerator cannot do, and QEMU stopped it. */
export class AcceleratorError extends DriverError {
  constructor() {
    super('resource', "QEMU stopped the virtual machine: this machine's KVM cannot run it.");
  }
}

/** Errors: DriverError if the deadline of a call has passed; `doing` completes "could not …". */
export function requireTime(signal: AbortSignal, doing: string): void {
  if (signal.aborted)
    throw new DriverError('backend', `Holdfast could not ${doing} before the deadline.`);
}

/**
 * The DriverError for an error of the file system or of a program that could not run: the machine
 * is at fault, and no resource. `doing` completes "could not …".
 */
export function machineFault(error: unknown, doing: string): DriverError {
  if (error instanceof DriverError) return error;
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const why = name === 'AbortError' ? 'the deadline passed' : String(code ?? name);
  return new DriverError('backend', `This machine could not ${doing} (${why}).`, { cause: error });
}

/** Runs `work`, whose errors become those of `machineFault`. */
export async function onMachine<T>(doing: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw machineFault(error, doing);
  }
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
