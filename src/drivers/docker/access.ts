import type { ContainerInspectInfo } from 'dockerode';
import type { AccessWish } from '../../domain/loans/reservation';
import type { Call, CredentialSecret, Details, Target } from '../driver';

/** The way in which holders get into containers. All its errors are DriverErrors. */
export interface Access {
  /** Waits until a container that was just started can let holders in. */
  ready(id: string, call: Call): Promise<Details>;

  /** The same, and proves it as `prove` does. Nobody else knows the container yet. */
  readyAndProven(id: string, target: Target, call: Call): Promise<Details>;

  /** Proves that a login of our own is let in, and refused once it is revoked. */
  prove(found: ContainerInspectInfo, target: Target, call: Call): Promise<Details>;

  /** Tries a login; see `checkCredential` of the driver. */
  check(
    found: ContainerInspectInfo,
    credential: CredentialSecret,
    call: Call,
  ): Promise<'accepted' | 'refused'>;

  /** Opens the container for a holder, and proves it. */
  open(
    found: ContainerInspectInfo,
    wish: AccessWish,
    target: Target,
    call: Call,
  ): Promise<CredentialSecret>;

  /** Ends every login and session, and proves it for this one. */
  close(
    found: ContainerInspectInfo,
    access: CredentialSecret | null,
    target: Target,
    call: Call,
  ): Promise<void>;

  /** Forgets the containers of a pool that are gone; `present` looks which are there. */
  sweep(pool: string, present: () => Promise<ReadonlySet<string>>): Promise<void>;

  end(): void;
}
