import type { Reservation } from './api';
import { HoldfastError } from './errors';

/** Why a loan was lost. */
export interface Lost {
  /**
   * `ended`: the server said that it has ended. `overdue`: by the clock of the client it may have
   * ended, and nothing else was heard in time.
   */
  because: 'ended' | 'overdue';
  /** As the server gave it; null if the client does not know. */
  endReason: Reservation['endReason'];
  /** One sentence for people. */
  detail: string;
}

/** A loan was lost: the reason of its signal, and the error of `extend`. */
export class LoanLostError extends HoldfastError {
  constructor(readonly lost: Lost) {
    super(lost.detail);
    this.name = 'LoanLostError';
  }
}

/** A loan was given back by its holder: the reason of its signal from then on. */
export class LoanReleasedError extends HoldfastError {
  constructor() {
    super('The loan has been released.');
    this.name = 'LoanReleasedError';
  }
}
