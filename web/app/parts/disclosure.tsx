import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

interface DisclosureProps {
  /** Always shown. */
  line: ComponentChildren;
  /** Names for screen readers the part that can be shown, such as `the facts of event 12`. */
  label: string;
  /** Made only when it is shown. */
  children: () => ComponentChildren;
  onToggle?: (isOpen: boolean) => void;
}

/** A line, and below it a part that is shown on demand. */
export function Disclosure({ line, label, children, onToggle }: DisclosureProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const toggle = () => {
    setOpen(!isOpen);
    onToggle?.(!isOpen);
  };
  return (
    <div class="disclosure">
      <div class="disclosure-line">
        <button
          type="button"
          class="disclosure-button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          aria-label={`Show ${label}`}
          onClick={toggle}
        >
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>
        </button>
        {line}
      </div>
      {isOpen && (
        <div id={id} class="disclosure-body">
          {children()}
        </div>
      )}
    </div>
  );
}
