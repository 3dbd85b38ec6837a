import { signal } from '@preact/signals';

/** The present by this machine's clock, in epoch ms; moves on each second while somebody looks. */
export const present = signal(Date.now());
setInterval(() => {
  if (document.visibilityState === 'visible') present.value = Date.now();
}, 1_000);
document.addEventListener('visibilitychange', () => (present.value = Date.now()));

/** How far the server's clock is ahead of this machine's, in ms; noted from its answers. */
export const skew = signal(0);

/** Notes the server's time as of now. */
export function noteServerTime(instant: string): void {
  const ahead = Date.parse(instant) - Date.now();
  // Less than that is the way of the answer.
  skew.value = Math.abs(ahead) > 2_000 ? ahead : 0;
}
