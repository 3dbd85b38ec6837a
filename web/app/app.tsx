import { useEffect } from 'preact/hooks';
import { address } from './address/address';
import { CurrentPage } from './address/current-page';
import { pageAt } from './address/pages';
import { Busy } from './parts/busy';
import { Failure } from './parts/failure';
import { Toasts } from './parts/toast';
import { followOverview } from './server/overview';
import { loadMe, me, meFailure } from './server/session';
import { watchWho } from './server/who';
import { Shell } from './shell';

/** Shows the page at the address to people who are signed in, and a way to sign in to all others. */
export function App() {
  useEffect(() => {
    watchWho();
    void loadMe();
  }, []);
  return (
    <>
      <Content />
      <Toasts />
    </>
  );
}

function Content() {
  const found = pageAt(address.value.path);
  if (found?.page.isPublic) return <CurrentPage />;
  if (meFailure.value) return <Failure of={meFailure.value} retry={loadMe} />;
  if (me.value === undefined) return <Busy what="Loading" />;
  return <SignedIn key={me.value?.id} />;
}

function SignedIn() {
  const isKnown = me.value !== null;
  useEffect(() => (isKnown ? followOverview() : undefined), [isKnown]);
  return isKnown ? (
    <Shell>
      <CurrentPage />
    </Shell>
  ) : (
    <CurrentPage at="/sign-in" />
  );
}
