import type { Window } from '../server/windowed';
import { Button } from './button';

/** A button beneath a long list that shows more of it; nothing if all of it is shown. */
export function ShowMore({ of: { more } }: { of: Pick<Window<unknown>, 'more'> }) {
  if (more === null) return null;
  return (
    <p class="show-more">
      <Button onClick={more}>Show more</Button>
    </p>
  );
}
