import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Busy } from '../parts/busy';
import { Empty } from '../parts/empty';
import { mayOpen, me } from '../server/session';
import { address, hrefOf } from './address';
import { NotLoaded } from './not-loaded';
import { pageAt, type Need, type Page, type PageParams } from './pages';

/** The page at the address, or at another one; loads its code when it is first opened. */
export function CurrentPage({ at = address.value.path }: { at?: string }) {
  const found = pageAt(at);
  useEffect(() => {
    document.title = found ? `${found.page.title} · Holdfast` : 'Holdfast';
  }, [found?.page]);
  if (!found) return <NotHere />;
  if (!mayOpen(found.page)) return <NotAllowed needs={found.page.needs ?? 'read'} />;
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
  if (failure) return <NotLoaded failure={failure} retry={load} />;
  return component ? <component.Page params={params} /> : <Busy what={page.title} />;
}

function NotAllowed({ needs }: { needs: Need }) {
  if (needs === 'admin' && me.value?.role !== 'admin')
    return <Empty title="Only admins see this page." />;
  return (
    <Empty title={`This page needs the scope “${needs}”.`}>
      <p>This session does not have it: sign in with a password, or with a token that has it.</p>
    </Empty>
  );
}

function NotHere() {
  return (
    <Empty title="There is no such page.">
      <a href={hrefOf('/')}>See what is free now</a>
    </Empty>
  );
}
