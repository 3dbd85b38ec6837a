import { useEffect, useState } from 'preact/hooks';
import { Button } from '../parts/button';
import { Failure } from '../parts/failure';
import { readWelcome } from '../server/welcome';

interface NotLoadedProps {
  failure: unknown;
  retry: () => void;
}

/**
 * Says why the code of a page did not come. A server that answers has other files than this page
 * asks for, as after an upgrade: only loading everything anew helps then.
 */
export function NotLoaded({ failure, retry }: NotLoadedProps) {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    const end = new AbortController();
    readWelcome(end.signal).then(
      () => setThere(true),
      () => undefined,
    );
    return () => end.abort();
  }, [failure]);
  if (!isThere) return <Failure of={failure} retry={retry} />;
  return (
    <div class="failure" role="alert">
      <span>Holdfast was updated.</span>
      <Button onClick={() => location.reload()}>Reload</Button>
    </div>
  );
}
