import { useState } from 'preact/hooks';
import { go, hrefOf, pathOf } from '../address/address';
import type { PageParams } from '../address/pages';
import { Badge } from '../parts/badge';
import { Busy } from '../parts/busy';
import { Button } from '../parts/button';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import { ofPool, useRead } from '../server/query';
import { readTagged } from '../server/tagged';
import '../styles/run.css';
import { PolicyForm } from './run-pool/policy-form';
import { DeletePool } from './run-pools/delete-pool';
import { FailingPool } from './run-pools/failing';
import { poolPath, type Pool } from './run-pools/pool-path';
import { Origin } from './run-pools/pool-table';

/** A pool with everything that admins change of it. */
export default function RunPool({ params: { name = '' } }: { params: PageParams }) {
  const { data, failure, again } = useRead(
    `pool ${name}`,
    (signal) => readTagged<Pool>(poolPath(name), signal),
    ofPool(name),
  );
  const [isDeleting, setDeleting] = useState(false);
  return (
    <>
      <PageHead title={name} about={data && <About pool={data.body} />}>
        <a class="button plain" href={hrefOf(pathOf('pools', name))}>
          Look at it
        </a>
        <a class="button plain" href={hrefOf('/run/resources', { pool: name })}>
          Its resources
        </a>
        {data && !data.body.deleting && (
          <Button kind="danger" onClick={() => setDeleting(true)}>
            Delete …
          </Button>
        )}
      </PageHead>
      <Failure of={failure} retry={again} />
      {!data && !failure && <Busy what={name} />}
      {data && <FailingPool pool={data.body} />}
      {data && !data.body.deleting && <PolicyForm key={data.body.id} pool={data} again={again} />}
      {isDeleting && (
        <DeletePool
          name={name}
          onClose={() => setDeleting(false)}
          onDone={() => go(hrefOf('/run/pools'))}
        />
      )}
    </>
  );
}

function About({ pool }: { pool: Pool }) {
  const { kind, driver, sizing, origin, counts, proof, deleting } = pool;
  return (
    <span class="why">
      <span>
        {kind} by {driver}, {sizing === 'managed' ? 'sized by the server' : 'sized by hand'}
      </span>
      <span>
        {counts.total} resources, {counts.allocated} lent, proof {proof}
      </span>
      <span>
        made by <Origin origin={origin} />
      </span>
      {deleting && <Badge kind="warn">being deleted: it waits for its loans</Badge>}
    </span>
  );
}
