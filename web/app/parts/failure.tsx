import { messageOf } from '../server/problems';
import { Button } from './button';

/** Says why something failed; with `retry`, offers to try again. Nothing for null. */
export function Failure({ of, retry }: { of: unknown; retry?: () => unknown }) {
  if (of === null || of === undefined) return null;
  return (
    <div class="failure" role="alert">
      <span>{messageOf(of)}</span>
      {retry && <Button onClick={() => void retry()}>Try again</Button>}
    </div>
  );
}
