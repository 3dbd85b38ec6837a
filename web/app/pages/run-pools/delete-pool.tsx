import { Confirmation } from '../../parts/confirmation';
import { holdfast } from '../../server/client';
import { useRead } from '../../server/query';
import { readTagged } from '../../server/tagged';
import { poolPath, type Pool } from './pool-path';

interface DeletePoolProps {
  name: string;
  onClose: () => void;
  onDone: () => void;
}

/** Asks before a pool is deleted, and says how many loans that waits for. */
export function DeletePool({ name, onClose, onDone }: DeletePoolProps) {
  const { data } = useRead(`pool ${name}`, (signal) => readTagged<Pool>(poolPath(name), signal));
  const lent = data?.body.counts.allocated;
  return (
    <Confirmation
      title={`Delete the pool ${name}`}
      submit="Delete"
      work={async () => {
        await holdfast.pools.delete(name, data ? { ifMatch: data.tag } : {});
        onDone();
      }}
      done={`${name} is being deleted.`}
      onClose={onClose}
    >
      <p>
        Nothing more is lent of it, requests that need it are refused, and its{' '}
        {data?.body.counts.total ?? ''} resources are removed.
      </p>
      <p role="status">{lent === undefined ? 'Counting its loans …' : waitsFor(lent)}</p>
      {data?.body.origin === 'file' && (
        <p>The pools file lists it: take it out there as well, or it may come back.</p>
      )}
    </Confirmation>
  );
}

function waitsFor(lent: number): string {
  if (lent === 0) return 'Nothing of it is lent.';
  return `It waits for ${lent === 1 ? '1 loan' : `${lent} loans`}, which go on to their end.`;
}
