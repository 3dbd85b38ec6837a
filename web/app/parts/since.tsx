import { inWords } from './duration';
import { present, skew } from './now-signal';
import { exactly } from './time';

/** How long it is since an instant (RFC 3339), such as `5 min`; it goes on by itself. */
export function Since({ at }: { at: string }) {
  const ms = Math.max(0, present.value + skew.value - Date.parse(at));
  return (
    <time dateTime={at} title={exactly(at)}>
      {inWords(ms)}
    </time>
  );
}
