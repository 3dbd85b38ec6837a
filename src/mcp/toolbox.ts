import type { Holdfast } from '../client';
import type { LoanSet } from './loan-set';
import type { Run, Toolbox } from './tools';

/** The toolbox of a session that calls with one token; `run`: how commands are run, if they are. */
export function toolboxOf(holdfast: Holdfast, loans: LoanSet, run?: Run): Toolbox {
  let shows: Promise<boolean> | null = null;
  const showsSecrets = () => {
    // A token keeps its scopes; only a call that failed is made again.
    shows ??= holdfast.me.get().then(
      ({ scopes }) => scopes.includes('secrets'),
      (error: unknown) => {
        shows = null;
        throw error;
      },
    );
    return shows;
  };
  return { holdfast, loans, showsSecrets, ...(run && { run }) };
}
