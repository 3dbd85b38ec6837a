import type { Command } from 'commander';
import { NotFoundError, type Holdfast, type Schemas } from '../../client';
import { waitingOf } from '../../client/waiting';
import { wallMs } from '../../clock';
import { resourceOf } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { itemsOf } from './loan-rows';
import { show, type Shown } from './output';
import { factsOfResource } from './resource-facts';
import { relative, withInstants } from './times';

type Reservation = Schemas['Reservation'];
type Fact = [string, string | number | null];

/** `holdfast show ID`: a reservation, or else a resource. */
export function addShow(program: Command): void {
  showingCommand(program, 'show', {
    about:
      'Show a reservation, to its holder with the credentials while it lasts; or a resource, by id ' +
      'or name.',
    examples: ['show 0197f6d2-…', 'show lab-1', 'show 0197f6d2-… --field resources.0.credentials'],
  })
    .argument('<id>', 'The id of a reservation, or the id or name of a resource.')
    .action(async (id: string, _options: unknown, command: Command) => {
      await show(command, await shownOf(await connect(command), id));
    });
}

async function shownOf(holdfast: Holdfast, id: string): Promise<Shown> {
  try {
    const body = await holdfast.reservations.get(id);
    return { body, name: body.id, facts: factsOfReservation(body) };
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  const body = await resourceOf(holdfast, id);
  return { body, name: body.id, facts: factsOfResource(body) };
}

/** A reservation as people read it. */
export function factsOfReservation(loan: Reservation): Fact[] {
  const now = wallMs();
  const { position, positionIsExact, waitingFor } = loan;
  const spelled = (instant: string) => relative(instant, now);
  const estimate = waitingOf(loan)?.estimate ?? null;
  return [
    ['reservation', loan.id],
    ['status', loan.endReason === null ? loan.status : `${loan.status}, ${loan.endReason}`],
    ['why', loan.endDetail ?? (waitingFor && withInstants(waitingFor, spelled))],
    ['place', position === null ? null : `${positionIsExact ? '' : 'after '}${position}`],
    ['earliest', estimate && spelled(estimate.toISOString())],
    ['asked for', itemsOf(loan)],
    ['asked', relative(loan.requestedAt, now)],
    ['started', loan.startsAt && relative(loan.startsAt, now)],
    ['ends', loan.endedAt === null ? loan.endsAt && relative(loan.endsAt, now) : null],
    [
      'heartbeat',
      loan.endedAt === null ? loan.heartbeatBy && `due ${relative(loan.heartbeatBy, now)}` : null,
    ],
    ['ended', loan.endedAt && relative(loan.endedAt, now)],
    ['priority', loan.priority === 0 ? null : loan.priority],
    ['note', loan.note],
    ...loan.resources.flatMap(factsOfHeld),
  ];
}

function factsOfHeld({
  name,
  pool,
  kind,
  type,
  simulated,
  details,
  credentials,
}: Reservation['resources'][number]): Fact[] {
  const fields = Object.entries({ ...details, ...credentials });
  return [
    ['has', `${name} (${pool}, ${kind} ${type}${simulated ? ', simulated' : ''})`],
    ...fields.map(([field, value]): Fact => [`  ${field}`, value]),
  ];
}
