import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { save } from '../../parts/save';
import { attempt } from '../../server/action';
import type { Filter } from './event-feed';
import { eventFile, type Format } from './export';

/** Saves all events of the filter as a file, and tells how many there are meanwhile. */
export function ExportButtons({ filter }: { filter: Filter }) {
  const [count, setCount] = useState<number | null>(null);
  const [isRunning, setRunning] = useState(false);
  const stop = useRef<AbortController>(null!);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async (format: Format) => {
    stop.current = new AbortController();
    const { signal } = stop.current;
    setCount(0);
    setRunning(true);
    await attempt(async () => {
      try {
        save(await eventFile(filter, format, setCount, signal), `events.${format}`);
      } catch (error) {
        if (!signal.aborted) throw error;
        setCount(null);
      }
    });
    setRunning(false);
  };
  return (
    <div class="row">
      <span role="status" class="hint">
        {count !== null && `${count.toLocaleString()} events ${isRunning ? '…' : 'exported'}`}
      </span>
      {isRunning ? (
        <Button onClick={() => stop.current.abort()}>Stop the export</Button>
      ) : (
        <>
          <Button onClick={() => void run('ndjson')}>Export as NDJSON</Button>
          <Button onClick={() => void run('csv')}>Export as CSV</Button>
        </>
      )}
    </div>
  );
}
