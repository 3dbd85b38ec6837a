import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { EndDialog, type Endable } from '../../parts/loans/end-dialog';
import { ExtendDialog } from '../../parts/loans/extend-dialog';

interface BatchProps {
  /** All of them are lent, or all of them wait. */
  selected: readonly Endable[];
  /** Those that have an end, which can be put off. */
  extendable?: readonly Endable[];
  onDone: () => void;
}

/** The buttons for the selected loans or requests; nothing while none is selected. */
export function Batch({ selected, extendable = [], onDone }: BatchProps) {
  const [dialog, setDialog] = useState<'extend' | 'end' | null>(null);
  if (selected.length === 0) return null;
  const isWaiting = selected.some((target) => target.isWaiting);
  const close = () => setDialog(null);
  return (
    <div class="batch row" role="group" aria-label="Selected">
      <span>{selected.length} selected</span>
      {extendable.length > 0 && <Button onClick={() => setDialog('extend')}>Extend …</Button>}
      <Button kind="danger" onClick={() => setDialog('end')}>
        {isWaiting ? 'Cancel …' : 'Release …'}
      </Button>
      {dialog === 'extend' && <ExtendDialog targets={extendable} onDone={onDone} onClose={close} />}
      {dialog === 'end' && <EndDialog targets={selected} onDone={onDone} onClose={close} />}
    </div>
  );
}
