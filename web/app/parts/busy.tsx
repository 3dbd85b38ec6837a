import { useEffect, useState } from 'preact/hooks';

/** Before that, in ms, nothing is shown: most things are there sooner. */
const SOON = 200;

/** Says that something is being loaded. */
export function Busy({ what }: { what: string }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SOON);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="busy" role="status">
      {isLate ? `${what} …` : ''}
    </p>
  );
}
