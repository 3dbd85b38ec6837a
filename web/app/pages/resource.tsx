import type { PageParams } from '../address/pages';
import { Busy } from '../parts/busy';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import { ResourceActions } from '../parts/resource-actions';
import { may } from '../server/session';
import { ResourceEvents } from './resource/events';
import { ResourceFacts } from './resource/facts';
import { Loans } from './resource/loans';
import { Returns } from './resource/returns';
import { useResource } from './resource/use-resource';

/** Everything about one resource. */
export default function ResourcePage({ params }: { params: PageParams }) {
  const { data, failure, again } = useResource(params.id!);
  return (
    <>
      <PageHead title={data?.resource.name ?? 'Resource'}>
        {data && may('admin') && <ResourceActions resource={data.resource} />}
      </PageHead>
      <Failure of={failure} retry={again} />
      {!data && failure === null && <Busy what="Resource" />}
      {data && (
        <div class="resource">
          <section class="card">
            <ResourceFacts of={data} />
          </section>
          <div class="stack">
            {may('admin') && <History {...data.resource} />}
            <ResourceEvents id={data.resource.id} pool={data.resource.pool} />
          </div>
        </div>
      )}
    </>
  );
}

function History({ id, pool }: { id: string; pool: string }) {
  return (
    <>
      <h2 class="unseen">History</h2>
      <Loans id={id} pool={pool} step={20} />
      <Returns id={id} pool={pool} step={10} />
    </>
  );
}
