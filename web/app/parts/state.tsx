import type { PoolOverview } from '../server/overview';

/** The state in which a resource is counted. */
export type State = NonNullable<PoolOverview['resources']>[number]['state'];

/** Every state in the order in which people look for them, with its words. */
export const STATES: Readonly<Record<State, string>> = {
  available: 'available',
  allocated: 'lent',
  held: 'held for a request',
  dirty: 'to be cleaned',
  cleaning: 'being cleaned',
  provisioning: 'being made',
  quarantined: 'in quarantine',
  maintenance: 'in maintenance',
  draining: 'draining',
  spare: 'spare',
  destroying: 'being removed',
};

export const STATE_NAMES = Object.keys(STATES) as State[];

/** A state with its colour and its words. */
export function StateBadge({ state }: { state: State }) {
  return (
    <span class="state">
      <span class={`dot ${state}`} aria-hidden="true" />
      {STATES[state]}
    </span>
  );
}
