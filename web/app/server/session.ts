import { effect, signal } from '@preact/signals';
import { ForbiddenError } from '../../../src/client';
import type { Need, Page } from '../address/pages';
import { holdfast, type Schemas } from './client';
import { clearToasts } from '../parts/toast';
import { isSignedOut } from './problems';

export type Me = Schemas['Me'];

/** The user who is signed in; null: nobody; undefined: not known yet. */
export const me = signal<Me | null | undefined>(undefined);
/** The reason why that could not be found out. */
export const meFailure = signal<unknown>(null);
/** Has a session ended while the page was open, by itself or from elsewhere? */
export const hasEnded = signal(false);

/** Tells the other pages of this browser when somebody signs in or out. */
const others = new BroadcastChannel('holdfast-session');
others.onmessage = ({ data }) => (data === 'out' ? leave() : void loadMe());

/** Did the user sign out, here or in another page of this browser? */
let isLeaving = false;
let wasIn = false;
effect(() => {
  if (me.value === null && wasIn && !isLeaving) hasEnded.value = true;
  if (me.value) hasEnded.value = false;
  wasIn = Boolean(me.value);
  isLeaving = false;
});

let lastId: string | null = null;
effect(() => {
  const id = me.value?.id ?? null;
  // The next user has nothing of the last one to take back.
  if (lastId !== null && id !== lastId) clearToasts();
  lastId = id;
});

/** Finds out who is signed in. */
export async function loadMe(): Promise<void> {
  meFailure.value = null;
  try {
    me.value = await readMe();
  } catch (error) {
    if (isSignedOut(error)) me.value = null;
    else meFailure.value = error;
  }
}

/** Reads who is signed in; null: nobody. Errors: those of the calls. */
export async function readMe(): Promise<Me | null> {
  // Browsers complain about a refusal, even one that is expected.
  const { user } = await holdfast.sessions.get();
  return user && (await holdfast.me.get());
}

/** Finds out whether the session may do more or less than it could. */
export async function loadScopes(): Promise<void> {
  const shown = me.value;
  const now = await readMe().catch(() => undefined);
  const isOld = now === undefined || me.value !== shown;
  if (!isOld && JSON.stringify(now) !== JSON.stringify(shown)) me.value = now;
}

/** Takes note of a refusal after which the session is over, or may do less than it could. */
export function noteRefusal(error: unknown): void {
  if (isSignedOut(error)) me.value = null;
  else if (error instanceof ForbiddenError) void loadScopes();
}

/** An e-mail address or user name with a password, or an API token. */
export type Credential = { name: string; password: string } | { token: string };

/** Signs in. Errors: those of the call. */
export async function signIn(credential: Credential): Promise<void> {
  const headers = { Authorization: authorizationOf(credential) };
  await holdfast.request({ method: 'POST', path: '/v1/session', headers });
  await loadMe();
  others.postMessage('in');
}

/** The value of Authorization for a credential. */
export function authorizationOf(credential: Credential): string {
  if ('token' in credential) return `Bearer ${credential.token}`;
  const bytes = new TextEncoder().encode(`${credential.name}:${credential.password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Signs out; the streams of this session end as well. Errors: those of the call. */
export async function signOut(): Promise<void> {
  await holdfast.request({ method: 'DELETE', path: '/v1/session' });
  leave();
  others.postMessage('out');
}

function leave(): void {
  isLeaving = true;
  me.value = null;
}

/** Has the session this scope? */
export function may(what: Need): boolean {
  return me.value?.scopes.includes(what) ?? false;
}

/** May the user open this page? */
export function mayOpen({ isPublic, needs = 'read' }: Page): boolean {
  return isPublic === true || !me.value || may(needs);
}
