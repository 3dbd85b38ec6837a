import { HoldfastError } from '../../../src/client';
import { toast } from '../parts/toast';
import { checkBeforeWrites } from './client';
import { me, readMe } from './session';

/** Another page may have signed in as somebody else while nobody looked at this one. */
let isInDoubt = false;
let running: Promise<void> | null = null;

/** The call was not made: it would have been made as somebody else. */
class OtherUserError extends HoldfastError {}

/** Sees to it that the page shows, and acts for, the user whose session the browser has. */
export function watchWho(): void {
  const doubt = () => (isInDoubt = true);
  const look = () => {
    if (document.visibilityState === 'hidden') doubt();
    else if (isInDoubt) void check().catch(() => undefined);
  };
  addEventListener('blur', doubt);
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
  checkBeforeWrites(async () => {
    const shown = me.value;
    if (!shown || !isInDoubt) return;
    await check();
    if (me.value?.id === shown.id) return;
    const text = 'Nothing was done: this browser is signed in as somebody else now.';
    // The form that made the call goes with its user, and could not tell it.
    toast(text, { isBad: true });
    throw new OtherUserError(text);
  });
}

/** Errors: those of the call. */
function check(): Promise<void> {
  running ??= compare().finally(() => (running = null));
  return running;
}

async function compare(): Promise<void> {
  const shown = me.value;
  if (!shown) return;
  const now = await readMe();
  // Somebody has signed in or out here meanwhile.
  if (me.value !== shown) return;
  const isSeen = document.hasFocus() && document.visibilityState === 'visible';
  if (isSeen) isInDoubt = false;
  if (JSON.stringify(now) !== JSON.stringify(shown)) me.value = now;
  if (now && now.id !== shown.id) toast(`You are signed in as ${now.name} now.`);
}
