import { filterOf, setQuery } from '../../address/address';
import { Button } from '../../parts/button';
import { Copy } from '../../parts/copy';
import { present, skew } from '../../parts/now-signal';
import { save } from '../../parts/save';
import { attempt } from '../../server/action';
import { holdfast } from '../../server/client';
import type { View } from './use-view';
import { lengthOf, LENGTHS, middleOf, zoomed } from './window';

/** Buttons that move the window. */
export function WindowButtons({ view }: { view: View }) {
  const { window, isLive, zoom, move, toNow, show } = view;
  const length = lengthOf(window);
  const toLength = (wanted: number) =>
    show(zoomed(window, wanted / length, middleOf(window, present.value + skew.value)));
  return (
    <div class="tl-buttons" role="group" aria-label="Window">
      <Button label="Earlier" onClick={() => move(-1 / 2)}>
        ←
      </Button>
      <Button onClick={toNow} isPressed={isLive}>
        Now
      </Button>
      <Button label="Later" onClick={() => move(1 / 2)}>
        →
      </Button>
      <span class="tl-gap" />
      <Button label="Zoom in" onClick={() => zoom(1 / 2)}>
        +
      </Button>
      <Button label="Zoom out" onClick={() => zoom(2)}>
        −
      </Button>
      {LENGTHS.map(([words, each]) => (
        <Button
          key={words}
          isPressed={Math.abs(length - each) < 1_000}
          onClick={() => toLength(each)}
        >
          {words}
        </Button>
      ))}
    </div>
  );
}

/** The query of the picture: the window in the address, or that around the present. */
interface Picture {
  pool: string;
  since: string | undefined;
  until: string | undefined;
  limit: number;
}

/** Ways to take the timeline elsewhere, and to see it otherwise. */
export function Takings({ pool, ...query }: Picture) {
  const isTable = filterOf('view') === 'table';
  const download = () =>
    attempt(async () => {
      const picture = await holdfast.pools.drawTimeline(pool, query);
      save(new Blob([picture], { type: 'image/svg+xml' }), `timeline-${pool}.svg`);
    });
  return (
    <div class="row">
      <Button isPressed={isTable} onClick={() => setQuery({ view: isTable ? undefined : 'table' })}>
        Show as a table
      </Button>
      <Copy
        text={linkOf({ pool, ...query })}
        what="the link of the picture"
        words="Copy the link of the picture"
      />
      <Button kind="quiet" onClick={() => void download()}>
        Download the picture
      </Button>
    </div>
  );
}

function linkOf({ pool, since, until, limit }: Picture): string {
  const link = new URL(`v1/pools/${encodeURIComponent(pool)}/timeline.svg`, document.baseURI);
  const query = { since, until, limit: limit === 100 ? undefined : String(limit) };
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) link.searchParams.set(name, value);
  return link.href;
}
