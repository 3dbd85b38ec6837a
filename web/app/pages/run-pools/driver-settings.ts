/** A setting of a driver that is simple enough for a field of its own. */
export interface DriverSetting {
  name: string;
  label: string;
  kind: 'flag' | 'number';
  hint: string;
  /** The driver's own. */
  preset: string;
}

/** The drivers that come with the server. */
export const DRIVERS = [
  'simulated',
  'static',
  'docker',
  'qemu',
  'ssh',
  'exec',
  'http',
  'ibm-cloud',
] as const;

/** The drivers whose settings are simple; those of all others are JSON. */
export const SIMPLE_SETTINGS: Readonly<Record<string, readonly DriverSetting[]>> = {
  simulated: [
    {
      name: 'latencyMs',
      label: 'Latency (ms)',
      kind: 'number',
      hint: 'How long each call takes.',
      preset: '0',
    },
    {
      name: 'latencyJitterMs',
      label: 'Jitter (ms)',
      kind: 'number',
      hint: 'The most that is added to it at random.',
      preset: '0',
    },
    flag('provisions', 'Makes resources', 'It makes and removes resources itself.', true),
    flag('rotates', 'Rotates', 'It changes credentials.', true),
    flag('opensAccess', 'Opens access', 'Each holder gets a login of their own.', false),
    flag('replaces', 'Replaces', 'It cleans by making a new resource.', false),
    flag('leavesNothing', 'Leaves nothing', 'A loan leaves nothing to be cleaned.', false),
    flag('backendDown', 'Is down', 'No call is answered, as in an outage.', false),
  ],
};

function flag(name: string, label: string, hint: string, preset: boolean): DriverSetting {
  return { name, label, kind: 'flag', hint, preset: String(preset) };
}

/** The hint for a driver; empty for one that needs nothing else. */
export function hintOf(driver: string): string {
  if (driver === 'simulated') return 'It only pretends: nothing real is made.';
  if (driver === 'static')
    return 'It lends things that exist already: list them after the pool is made.';
  return 'Settings that decide what runs or is reached may stand in the pools file only.';
}
