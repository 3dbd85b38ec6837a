import { signal } from '@preact/signals';
import { Button } from '../../parts/button';

const isOffered = 'Notification' in globalThis && isSecureContext;
const permission = signal(isOffered ? Notification.permission : 'denied');

/** Offers notifications of the browser. It asks for them only when it is clicked. */
export function NotifyButton() {
  if (permission.value === 'denied') return null;
  if (permission.value === 'granted') {
    return <span class="hint">A notification tells when this changes.</span>;
  }
  const ask = async () => {
    permission.value = await Notification.requestPermission();
  };
  return <Button onClick={() => void ask()}>Notify me</Button>;
}

/** Shows a notification of the browser, if the reader has allowed it. `id`: one replaces another. */
export function notify(id: string, title: string, body: string): void {
  if (permission.value !== 'granted') return;
  try {
    const shown = new Notification(title, { body, tag: id });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  } catch {
    // Browsers of phones show notifications of service workers only; the title tells it, too.
  }
}
