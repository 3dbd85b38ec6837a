import type { Holdfast, QueryOf, Operation, Schemas } from '../../client';
import { wallMs } from '../../clock';
import type { Colour, Column } from './table';
import { relative } from './times';

/** A reservation as lists have it. */
export type Loan = Schemas['ReservationList']['items'][number];
export type LoanQuery = QueryOf<Operation<'get', '/v1/reservations'>>;

/** The statuses of what is not over. */
export const LIVE = ['queued', 'preparing', 'active'] as const;
const MOST_PER_PAGE = 1000;

/** Gives all reservations that are not over and fit the query. Errors: those of the client. */
export async function liveLoans(holdfast: Holdfast, query: LoanQuery): Promise<Loan[]> {
  const lists = await Promise.all(
    LIVE.map((status) =>
      holdfast.reservations.list({ limit: MOST_PER_PAGE, ...query, status }).all(),
    ),
  );
  const age = ({ requestedAt, id }: Loan) => `${requestedAt} ${id}`;
  return lists.flat().sort((a, b) => (age(a) < age(b) ? -1 : 1));
}

const COLOURS: Readonly<Partial<Record<Loan['status'], Colour>>> = {
  active: 'green',
  queued: 'yellow',
  preparing: 'yellow',
  ended: 'dim',
};

/** The columns of a list of reservations; `everybody`: with their holders. */
export function loanColumns(everybody: boolean): Column<Loan>[] {
  const now = wallMs();
  const holder: Column<Loan> = { title: 'HOLDER', value: ({ user }) => user?.name ?? '-', rank: 1 };
  return [
    { title: 'ID', value: ({ id }) => id, whole: true },
    { title: 'STATUS', value: statusOf, colour: ({ status }) => COLOURS[status] },
    { title: 'WHAT', value: itemsOf },
    ...(everybody ? [holder] : []),
    { title: 'ENDS', value: (loan) => endOf(loan, now), rank: 2 },
    { title: 'HAS', value: namesOf, rank: 4 },
    { title: 'ASKED', value: ({ requestedAt }) => relative(requestedAt, now), rank: 5 },
    { title: 'NOTE', value: ({ note }) => note ?? '', rank: 6 },
  ];
}

/** The status of a reservation in words, with the place of one that is queued. */
export function statusOf({ status, endReason, position, positionIsExact }: Loan): string {
  if (status === 'ended') return endReason ?? status;
  if (position === null) return status;
  return `${status} #${positionIsExact ? '' : '>'}${position}`;
}

function endOf({ status, endsAt, endedAt }: Loan, now: number): string {
  if (endedAt !== null) return relative(endedAt, now);
  return status === 'active' && endsAt === null ? 'no end' : relative(endsAt, now);
}

function namesOf({ resources, hasMoreResources }: Loan): string {
  return `${resources.map(({ name }) => name).join(', ')}${hasMoreResources ? ', …' : ''}`;
}

/** The items of a request in few words, such as `2 lab` or `vm small`. */
export function itemsOf({ items }: Pick<Loan, 'items'>): string {
  return items.map(itemOf).join(' + ');
}

function itemOf(item: Record<string, unknown>): string {
  const {
    pool,
    pools,
    kind,
    type,
    resource,
    count = 1,
  } = item as Record<string, string | string[]>;
  const names = [resource ?? pool ?? (pools as string[] | undefined)?.join('|') ?? kind, type];
  const what = names.filter((name) => name !== undefined).join(' ');
  return Number(count) > 1 ? `${String(count)} ${what}` : what;
}
