import { signal } from '@preact/signals';
import type { Need, Page } from '../address/pages';
import { holdfast, type Schemas } from './client';
import { isSignedOut } from './problems';

export type Me = Schemas['Me'];

/** The user who is signed in; null: nobody; undefined: not known yet. */
export const me = signal<Me | null | undefined>(undefined);
/** Why that could not be found out. */
export const meFailure = signal<unknown>(null);

/** Finds out who is signed in. */
export async function loadMe(): Promise<void> {
  meFailure.value = null;
  try {
    me.value = await holdfast.me.get();
  } catch (error) {
    if (isSignedOut(error)) me.value = null;
    else meFailure.value = error;
  }
}

/** Somebody's e-mail address or name and password, or an API token. */
export type Credential = { name: string; password: string } | { token: string };

/** Signs in. Errors: those of the call. */
export async function signIn(credential: Credential): Promise<void> {
  const headers = { Authorization: authorizationOf(credential) };
  await holdfast.request({ method: 'POST', path: '/v1/session', headers });
  await loadMe();
}

function authorizationOf(credential: Credential): string {
  if ('token' in credential) return `Bearer ${credential.token}`;
  const bytes = new TextEncoder().encode(`${credential.name}:${credential.password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Signs out; the streams of this session end as well. Errors: those of the call. */
export async function signOut(): Promise<void> {
  await holdfast.request({ method: 'DELETE', path: '/v1/session' });
  me.value = null;
}

/** May the user do this? `admin` may do everything that the session's scopes allow. */
export function may(what: Need): boolean {
  return me.value?.scopes.includes(what) ?? false;
}

/** May the user open this page? */
export function mayOpen({ isPublic, needs = 'read' }: Page): boolean {
  return isPublic === true || !me.value || may(needs);
}
