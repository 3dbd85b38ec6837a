import { inWords } from '../../parts/duration';
import { LEVELS } from '../../parts/return-level';
import type { Schemas } from '../../server/client';
import { Fact } from '../resource/facts';

type Pool = Schemas['Pool'];

/** The policies of a pool in words. */
export function Policies({ of: pool }: { of: Pool }) {
  return (
    <section class="card">
      <h2>Policies</h2>
      <dl class="facts">
        <Fact name="Lease">{leaseOf(pool)}</Fact>
        <Fact name="Heartbeat">{heartbeatOf(pool)}</Fact>
        <Fact name="Size">{sizeOf(pool)}</Fact>
        <Fact name="Lent first">{PICKS[pool.pick] ?? pool.pick}</Fact>
        <Fact name="Cleaning">{cleaningOf(pool)}</Fact>
        <Fact name="Failures">{failuresOf(pool)}</Fact>
        <Fact name="Credentials">{rotationOf(pool)}</Fact>
        <Fact name="Checked">
          {every(pool.verification.interval, 'Idle resources are checked')}
        </Fact>
        <Fact name="Proof">
          {pool.proof}: {LEVELS[pool.proof]}
        </Fact>
        <Fact name="Names">
          {pool.shareHolders
            ? 'Everybody sees who has something of it, or waits.'
            : 'Only admins see who has something of it, or waits.'}
        </Fact>
        <Fact name="Types">
          <bdi>{pool.types.map(({ name }) => name).join(', ')}</bdi>
        </Fact>
        <Fact name="Driver">
          {pool.driver}
          {pool.simulated && ': it only pretends, nothing real is made or cleaned'}
        </Fact>
      </dl>
    </section>
  );
}

const PICKS: Readonly<Record<string, string>> = {
  lowest: 'The one with the lowest number',
  random: 'Any of them',
  longest_idle: 'The one that has been idle longest',
};

/** Seconds in words. */
function long(seconds: number): string {
  return inWords(seconds * 1_000);
}

function every(seconds: number | null, words: string): string {
  return seconds === null ? `${words} never.` : `${words} every ${long(seconds)}.`;
}

function leaseOf({ lease }: Pool): string {
  const usual = lease.default === null ? 'Without an end' : long(lease.default);
  const most = lease.maximum === null ? 'no maximum' : `${long(lease.maximum)} at most`;
  const open = lease.openEnded ? ', also without an end' : '';
  return `${usual} unless asked otherwise, ${most}${open}`;
}

function heartbeatOf({ lease: { heartbeat, grace } }: Pool): string {
  if (heartbeat === null) return 'Not needed';
  return `At least every ${long(heartbeat)}, with ${long(grace)} of grace`;
}

function sizeOf({ sizing, size, spares, lease: { idleExpiry } }: Pool): string {
  if (sizing === 'managed')
    return `${size} are kept${spares > 0 ? `, and ${spares} more than are lent at once` : ''}`;
  return idleExpiry === null
    ? 'Calls make and remove resources'
    : `Calls make resources; idle ones are removed after ${long(idleExpiry)}`;
}

function cleaningOf({ capabilities, cleaning }: Pool): string {
  if (capabilities.lendsAsIs) return 'None: resources are lent as they are';
  if (capabilities.replaces) return 'A new resource replaces each one that comes back';
  if (capabilities.leavesNothing) return 'A loan leaves nothing to clean';
  const rest = cleaning.cooldown > 0 ? `, then ${long(cleaning.cooldown)} of rest` : '';
  return `After each loan${rest}`;
}

function failuresOf({ cleaning: { retries, quarantineRetry } }: Pool): string {
  const lead = retries === 0 ? 'The first leads' : `${retries} in a row lead`;
  return `${lead} to quarantine, where it is tried again every ${long(quarantineRetry)}`;
}

function rotationOf({ capabilities, rotation: { afterLease, interval } }: Pool): string {
  if (!capabilities.rotates)
    return capabilities.opensAccess ? 'Made for each loan' : 'They stay the same after a loan';
  const idle = interval === null ? '' : `, while idle every ${long(interval)}`;
  return afterLease ? `Changed after each loan${idle}` : `Not changed after a loan${idle}`;
}
