import { z } from 'zod';
import type { DetailFields } from '../../domain/change';
import type { Resource } from '../../domain/lifecycle/resource';
import type { Borrower } from './people';
import type { Services } from '../../service/services';
import { vmServices, type VmServices } from './services';
import { isInPool, stateOf, type VmState } from './vm-rules';
import { instantIn } from '../../service/engine';
import { atThisMoment } from '../../service/loans/views';
import type { FoundResource } from '../../store/reads';
import { instantOf } from '../../http/instants';
import { inSlices, readListed, shared } from '../shared';

/** A VM with the user who holds it, in the form that this API shows. */
export interface Vm {
  resource: Resource;
  details: DetailFields;
  holder: Borrower | null;
  state: VmState;
}

/** The most reservations of one user that are looked through. */
const PAGE = 500;

/** The VMs of the pool, for all callers of a moment. */
export interface VmList {
  vms: Vm[];
  /** The number after which the list goes on; null if it is whole. */
  after: number | null;
}

/** The VMs of this API's pool. */
export class Inventory {
  constructor(private readonly services: VmServices) {}

  /** The VMs in the store's order, `MOST_LISTED` at most, all or after the one of this number. */
  async list(after?: number): Promise<VmList> {
    if (after !== undefined) return this.listAfter(after);
    return shared(this.services.engine, 'vms', () => this.listAfter(null));
  }

  async find(number: number): Promise<Vm | null> {
    const pool = await this.services.vmPool.find();
    const found = pool && (await this.read.resourceByNumber(pool.id, number));
    return found ? (await this.known([found]))[0]! : null;
  }

  /** The VMs of the pool that a user holds, through whichever API they were borrowed. */
  async heldBy(holder: Borrower): Promise<Vm[]> {
    const pool = await this.services.vmPool.find();
    const instant = instantIn(this.services.engine);
    const reservations = await this.read.reservations(
      { userId: holder.user.id, status: 'active' },
      { after: null, limit: PAGE },
    );
    const live = reservations.filter(
      (reservation) => atThisMoment(reservation, instant).status === 'active',
    );
    const held = (await Promise.all(live.map(({ id }) => this.read.holdings(id)))).flat();
    return held
      .filter(({ resource }) => resource.poolId === pool?.id)
      .map(({ resource, details }) => ({
        resource,
        details: { ...details, ...resource.fields },
        holder,
        state: 'held',
      }));
  }

  private async listAfter(number: number | null): Promise<VmList> {
    const pool = await this.services.vmPool.find();
    if (!pool) return { vms: [], after: null };
    const begin = number === null ? null : await this.read.resourceByNumber(pool.id, number);
    const first = begin?.resource.id ?? null;
    const { found, more } = await readListed<FoundResource>((last, limit) =>
      this.read.resources({ poolId: pool.id }, { after: last?.resource.id ?? first, limit }),
    );
    return { vms: await this.known(found), after: more ? found.at(-1)!.resource.number : null };
  }

  private get read() {
    return this.services.engine.store.read;
  }

  private async known(found: FoundResource[]): Promise<Vm[]> {
    const here = found.filter(({ resource }) => isInPool(resource));
    const ids = new Set(here.flatMap(({ holder }) => (holder ? [holder.userId] : [])));
    const look = async (id: string) => [id, await this.services.vmPeople.borrower(id)] as const;
    const borrowers = new Map<string, Borrower | null>(await inSlices([...ids], look));
    return here.map(({ resource, details, holder }) => ({
      resource,
      details: { ...details, ...resource.fields },
      holder: holder ? (borrowers.get(holder.userId) ?? null) : null,
      state: stateOf(resource),
    }));
  }
}

/** The VMs of this API. */
export function inventoryOf(services: Services): Inventory {
  return new Inventory(vmServices(services));
}

const vmDetail = z.object({
  id: z.number().int().describe('The number of the VM.'),
  vm_name: z.string().describe('Its name.'),
  vm_ip: z.string().describe('Its address.'),
  vm_type: z.string().describe('Its type.'),
  vm_Status: z.string().describe('Its power state.'),
  vm_map_to: z.string().describe('Its holder, by e-mail address; without one, its state.'),
  date_created: z.string().describe('When it was made (RFC 3339).'),
});
export const vmDetails = z.record(z.string(), vmDetail);

/** VMs by number, as the lists show them. */
export function detailsOf(vms: Vm[]): z.output<typeof vmDetails> {
  return byNumber(vms, (vm) => ({
    id: vm.resource.number,
    vm_name: vm.resource.name,
    vm_ip: addressOf(vm),
    vm_type: vm.resource.type,
    vm_Status: powerOf(vm),
    vm_map_to: mapTo(vm),
    date_created: instantOf(vm.resource.createdAt),
  }));
}

export const loan = z.object({
  'vm-Id': z.number().int().describe('The number of the VM.'),
  hostname: z.string().describe('Its name.'),
  'ip-address': z.string().describe('Its address.'),
  'vm type': z.string().describe('Its type.'),
});

/** A VM as its holder sees it. */
export function loanOf(vm: Pick<Vm, 'resource' | 'details'>): z.output<typeof loan> {
  const { number, name, type } = vm.resource;
  return { 'vm-Id': number, hostname: name, 'ip-address': addressOf(vm), 'vm type': type };
}

/** The result of `show` for each VM, by number. */
export function byNumber<T>(vms: Vm[], show: (vm: Vm) => T): Record<string, T> {
  return Object.fromEntries(vms.map((vm) => [vm.resource.number, show(vm)]));
}

/** The power state that the driver reported last. */
export function powerOf({ details }: Vm): string {
  return String(details.powerState ?? 'unknown');
}

/** The holder or the state of a VM: this API has one field for both. */
export function mapTo({ state, holder }: Vm): string {
  if (state !== 'held') return state;
  if (!holder) return 'in use';
  const { email, username, name } = holder.user;
  return email ?? username ?? name;
}

function addressOf({ details }: Pick<Vm, 'details'>): string {
  return String(details.host ?? '');
}
