import { holdfast } from '../../server/client';
import { useRead } from '../../server/query';

/** The holder whose loan would end, and everything else that it holds. */
export function WhoseLoan({ reservationId, not }: { reservationId: string; not: string }) {
  const { data } = useRead(`whose ${reservationId}`, async (signal) => {
    const { userId, resources, note } = await holdfast.reservations.get(reservationId, { signal });
    const holder = await holdfast.users.get(userId, { signal }).catch(() => null);
    return { holder: holder?.name ?? 'a former user', resources, note };
  });
  if (!data) return null;
  const others = data.resources.map(({ name }) => name).filter((name) => name !== not);
  return (
    <p>
      <strong>
        <bdi>{data.holder}</bdi>
      </strong>{' '}
      has it
      {others.length > 0 && (
        <>
          , and under the same reservation{' '}
          <strong>
            <bdi>{others.join(', ')}</bdi>
          </strong>
          , which {others.length === 1 ? 'ends' : 'end'} with it
        </>
      )}
      .
      {data.note && (
        <>
          {' '}
          Note: <bdi>{data.note}</bdi>
        </>
      )}
    </p>
  );
}
