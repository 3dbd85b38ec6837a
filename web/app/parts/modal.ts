import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Shows a dialog over the page while it is rendered, and then gives the focus back. */
export function useModal(dialog: RefObject<HTMLDialogElement | null>): void {
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      // The browser does it only for a dialog that is still on the page.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
}

const FIELD = 'input:enabled, select:enabled, textarea:enabled';
/** The button of a form that does nothing. */
const SAFE = '.form-end > button[type="button"]:enabled';

/**
 * Puts the focus where people go on: into the first field; without one, on the safe button of the
 * form; else on the dialog itself. Leaves it where it is `inside` already.
 */
export function useFirstFocus(
  dialog: RefObject<HTMLDialogElement | null>,
  inside: RefObject<HTMLElement | null>,
): void {
  const isPlaced = useRef(false);
  // Fields may come later than the dialog.
  useEffect(() => {
    const body = inside.current!;
    const { activeElement } = document;
    if (body.contains(activeElement)) return;
    // Somebody has moved it there since.
    if (isPlaced.current && activeElement !== dialog.current && activeElement !== document.body)
      return;
    isPlaced.current = true;
    const first = body.querySelector<HTMLElement>(`form :is(${FIELD})`);
    (first ?? body.querySelector<HTMLElement>(`form ${SAFE}`) ?? dialog.current!).focus();
  });
}
