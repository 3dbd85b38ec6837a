import { Button } from './button';

interface MoreOfListProps {
  /** How many are shown. */
  shown: number;
  hasMore: boolean;
  /** Names them, in the plural. */
  what: string;
  onMore: () => void;
}

/** Says how much of a list is shown, and shows more of it. */
export function MoreOfList({ shown, hasMore, what, onMore }: MoreOfListProps) {
  return (
    <div class="row show-more">
      <span class="hint" role="status">
        {hasMore ? `The first ${shown} ${what} are shown.` : `${shown} ${what}`}
      </span>
      {hasMore && <Button onClick={onMore}>Show more</Button>}
    </div>
  );
}
