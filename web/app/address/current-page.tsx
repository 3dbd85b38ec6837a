import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Busy } from '../parts/busy';
import { Empty } from '../parts/empty';
import { Failure } from '../parts/failure';
import { mayOpen } from '../server/session';
import { address, hrefOf } from './address';
import { pageAt, type Page, type PageParams } from './pages';

/** The page at the address, or at another one; loads its code when it is first opened. */
export function CurrentPage({ at = address.value.path }: { at?: string }) {
  const found = pageAt(at);
  useEffect(() => {
    document.title = found ? `${found.page.title} · Holdfast` : 'Holdfast';
  }, [found?.page]);
  if (!found) return <NotHere />;
  if (!mayOpen(found.page)) return <Empty title="Only admins see this page." />;
  return <Loaded key={at} page={found.page} params={found.params} />;
}

type Component = FunctionComponent<{ params: PageParams }>;

const FILES = import.meta.glob<{ default: Component }>('../pages/*.tsx');

function Loaded({ page, params }: { page: Page; params: PageParams }) {
  const [component, setComponent] = useState<{ Page: Component } | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    FILES[`../pages/${page.file}.tsx`]!().then(
      ({ default: loaded }) => setComponent({ Page: loaded }),
      setFailure,
    );
  };
  useEffect(load, [page]);
  if (failure) return <Failure of={failure} retry={load} />;
  return component ? <component.Page params={params} /> : <Busy what={page.title} />;
}

function NotHere() {
  return (
    <Empty title="There is no such page.">
      <a href={hrefOf('/')}>See what is free now</a>
    </Empty>
  );
}
