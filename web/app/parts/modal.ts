import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** Shows a dialog over the page while it is rendered, and then gives the focus back. */
export function useModal(dialog: RefObject<HTMLDialogElement>): void {
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
