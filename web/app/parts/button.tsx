import type { ComponentChildren } from 'preact';

export interface ButtonProps {
  children: ComponentChildren;
  /** `main`: the one thing that a form or page is for. `danger`: takes something away. */
  kind?: 'main' | 'plain' | 'danger' | 'quiet';
  type?: 'button' | 'submit';
  onClick?: (event: MouseEvent) => void;
  disabled?: boolean;
  /** Its name where the content is only a sign. */
  label?: string;
  /** Something runs that it has started. */
  isBusy?: boolean;
  /** Of a button that turns something on and off: is it on? */
  isPressed?: boolean;
}

/** A button. While busy it stays where it is and does nothing. */
export function Button(props: ButtonProps) {
  const { children, kind = 'plain', type = 'button', onClick, disabled, label } = props;
  const { isBusy, isPressed } = props;
  return (
    <button
      type={type}
      class={`button ${kind}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      aria-pressed={isPressed}
      onClick={(event) => (isBusy ? event.preventDefault() : onClick?.(event))}
    >
      {children}
    </button>
  );
}
