import { Option, type Command } from 'commander';
import type { Holdfast, NewReservation, Reservation } from '../../client';
import { NotServedError, UnavailableNowError } from '../../client';
import { secondsOf } from '../../client/duration';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { showingCommand } from '../remote/command';
import { connect } from '../remote/connect';
import { askingOptions, itemsOf, particularsOf, type AskingOptions } from './asking';
import { showing } from './borrowing';
import { codeOf } from './child';
import { Interrupted, interruptible, Signals } from './interrupted';
import { untilServed } from './serving';
import { showLoan } from './shown-loan';

interface ReserveOptions extends AskingOptions {
  key?: string;
  prefix?: string;
}

/** `holdfast reserve`: borrows, and prints the loan, which lasts until it is released or ends. */
export function addReserve(program: Command): void {
  const command = showingCommand(program, 'reserve', {
    about:
      'Borrow, and print the loan with its credentials. It lasts until it is released or ends.',
    examples: ['reserve --pool lab --for 1h', 'reserve --pool lab:2 -o env > loan.env'],
  });
  askingOptions(command)
    .addOption(
      new Option('--key <text>', 'Your own name for this request: it is made once under it.'),
    )
    .option('--prefix <text>', 'With -o env: begins the names of the variables.')
    .action(reserve);
}

async function reserve(options: ReserveOptions, command: Command): Promise<void> {
  using signals = new Signals();
  const request = requestOf(options);
  const holdfast = await connect(command);
  try {
    const loan = await interruptible(signals, (signal) =>
      served(holdfast, request, options.key, signal),
    );
    await showLoan(command, loan, options.prefix);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    tell(`holdfast: ${error.message}`);
    process.exitCode = codeOf(error.signal);
  }
}

function requestOf(options: ReserveOptions): NewReservation {
  const { for: lasting, wait } = options;
  return {
    items: itemsOf(options),
    ...particularsOf(options),
    ...(lasting !== undefined && { durationSeconds: secondsOf(lasting, '--for') }),
    ...(wait !== undefined && { queueTimeoutSeconds: secondsOf(wait, '--wait') }),
  };
}

/** Makes the request and waits until it is served; nothing stays requested if that fails. */
async function served(
  holdfast: Holdfast,
  request: NewReservation,
  idempotencyKey: string | undefined,
  signal: AbortSignal,
): Promise<Reservation> {
  const { id } = await made(holdfast, request, idempotencyKey);
  try {
    signal.throwIfAborted();
    return await showing((onWaiting) => untilServed(holdfast, id, onWaiting, signal));
  } catch (error) {
    await holdfast.reservations.delete(id).catch(() => undefined);
    throw error;
  }
}

/** Not given up by a signal: until it is answered, nobody knows what to cancel. */
async function made(
  holdfast: Holdfast,
  request: NewReservation,
  idempotencyKey: string | undefined,
): Promise<Reservation> {
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  try {
    return await holdfast.reservations.create(request, key);
  } catch (error) {
    const isOver = error instanceof UnavailableNowError;
    if (isOver || (error instanceof NotServedError && request.queueTimeoutSeconds === 0))
      throw new Refusal('timedOut', error.detail);
    throw error;
  }
}
