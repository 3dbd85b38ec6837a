import { Time } from './time';

const INSTANT = /\bat (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/;

/** A sentence of the server, whose instants are shown as those of the page: "back in 5 min". */
export function Sentence({ of }: { of: string }) {
  // Split by a pattern with one group, every second part is an instant.
  const parts = of.split(INSTANT);
  return (
    <p class="sentence">
      {parts.map((part, index) => (index % 2 === 0 ? part : <Time key={index} at={part} />))}
    </p>
  );
}
