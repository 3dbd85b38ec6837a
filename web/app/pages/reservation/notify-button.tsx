import { signal } from '@preact/signals';
import { Button } from '../../parts/button';

const isOffered = 'Notification' in globalThis && isSecureContext;
const permission = signal(isOffered ? Notification.permission : 'denied');

const wasAsked = signal(false);

/** Offers notifications of the browser. `tells`: when they come. It asks only when it is clicked. */
export function NotifyButton({ tells }: { tells: string }) {
  if (permission.value === 'denied')
    return wasAsked.value ? <span class="hint">This browser shows none.</span> : null;
  if (permission.value === 'granted') {
    return <span class="hint">A notification tells {tells}.</span>;
  }
  const ask = async () => {
    permission.value = await Notification.requestPermission();
    wasAsked.value = true;
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
