import { useEffect, useRef } from 'preact/hooks';
import { hrefOf, pathOf, setQuery } from '../../address/address';
import { Busy } from '../../parts/busy';
import { Button } from '../../parts/button';
import { Failure } from '../../parts/failure';
import { ResourceActions } from '../../parts/resource-actions';
import { may } from '../../server/session';
import { ResourceFacts } from '../resource/facts';
import { Loans } from '../resource/loans';
import { Returns } from '../resource/returns';
import { useResource } from '../resource/use-resource';

/** Everything that matters of one resource, beside the pools. Escape closes it. */
export function ResourceBeside({ id }: { id: string }) {
  const { data, failure, again } = useResource(id);
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(document.activeElement);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const close = () => {
    setQuery({ resource: undefined });
    // The cell that led here.
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  return (
    <aside
      class="card resource-beside stack"
      aria-label="Resource"
      onKeyDown={({ key }) => key === 'Escape' && close()}
    >
      <header class="dialog-head">
        <h2 ref={heading} tabIndex={-1}>
          <bdi>{data?.resource.name ?? 'Resource'}</bdi>
        </h2>
        <Button kind="quiet" label="Close" onClick={close}>
          ✕
        </Button>
      </header>
      <Failure of={failure} retry={again} />
      {!data && failure === null && <Busy what="Resource" />}
      {data && (
        <>
          <ResourceActions resource={data.resource} onDone={again} />
          <ResourceFacts of={data} />
          {may('admin') && <Loans id={data.resource.id} pool={data.resource.pool} step={5} />}
          {may('admin') && <Returns id={data.resource.id} pool={data.resource.pool} step={1} />}
          <p>
            <a href={hrefOf(pathOf('resources', data.resource.id))}>Everything about it</a>
          </p>
        </>
      )}
    </aside>
  );
}
