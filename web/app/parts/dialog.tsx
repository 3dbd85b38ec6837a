import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { Button } from './button';
import { Holds } from './dialog-hold';
import { useFirstFocus, useModal } from './modal';

interface DialogProps {
  title: string;
  children: ComponentChildren;
  onClose: () => void;
  /** Does a click beside it leave it open, as where it shows something only once? */
  staysBeside?: boolean;
}

/**
 * A dialog over the page while it is rendered. Escape, and a click beside it, close it, but not
 * while something that was started in it is under way.
 */
export function Dialog({ title, children, onClose, staysBeside = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const inside = useRef<HTMLDivElement>(null);
  const holds = useRef(new Set<object>()).current;
  const titleId = useId();
  useModal(element);
  useFirstFocus(element, inside);
  const close = () => {
    if (holds.size === 0) onClose();
  };
  return (
    <dialog
      ref={element}
      class="dialog"
      tabIndex={-1}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClose={({ currentTarget: dialog }) => {
        // Browsers close it without a question if Escape is pressed again and again.
        if (!dialog.isConnected || dialog.open) return;
        if (holds.size > 0) dialog.showModal();
        else onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current && !staysBeside) close();
      }}
    >
      <div class="dialog-inside">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <Button kind="quiet" label="Close" onClick={close}>
            ✕
          </Button>
        </header>
        <Holds.Provider value={holds}>
          <div ref={inside}>{children}</div>
        </Holds.Provider>
      </div>
    </dialog>
  );
}
