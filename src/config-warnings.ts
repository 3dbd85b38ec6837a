import type { Problem } from './config-error';
import type { Settings } from './config-schema';
import type { Env, Place } from './environment';
import { isDefault, misspelledIn } from './misspelled';
import { connectionLimits, tooManyFor } from './open-files';
import { ifRight } from './pools-file/partial';

interface Rule {
  field: keyof Settings;
  /** Without quoting a value; undefined if nothing is odd. */
  message(settings: Settings): string | undefined;
}

/** A variable that another one makes pointless; its default, which `.env.example` has, is fine. */
function pointless(
  field: keyof Settings,
  reason: string,
  isSo: (settings: Settings) => boolean,
): Rule {
  return { field, message: (settings) => (isSo(settings) ? `has no effect ${reason}` : undefined) };
}

const withoutBackups = ({ BACKUP_DIR }: Settings) => BACKUP_DIR === undefined;
const withoutGithub = ({ GITHUB_CLIENT_ID }: Settings) => GITHUB_CLIENT_ID === undefined;

const RULES: readonly Rule[] = [
  pointless('BACKUP_AT', 'without BACKUP_DIR.', withoutBackups),
  pointless('BACKUP_KEEP', 'without BACKUP_DIR.', withoutBackups),
  pointless('GITHUB_URL', 'without GITHUB_CLIENT_ID.', withoutGithub),
  pointless('GITHUB_ORGS', 'without GITHUB_CLIENT_ID.', withoutGithub),
  pointless('LEGACY_OPEN_CIDRS', 'unless LEGACY_API is open.', (all) => all.LEGACY_API !== 'open'),
  pointless(
    'SESSION_IDLE',
    'above SESSION_LASTS, after which a session ends however much it is used.',
    ({ SESSION_IDLE: idle, SESSION_LASTS: lasts }) => idle > lasts,
  ),
  pointless(
    'RATE_LIMIT_LOGIN',
    'above RATE_LIMIT_ADDRESS, which counts these calls, too.',
    (all) => {
      const calls = all.RATE_LIMIT_ADDRESS;
      return calls > 0 && all.RATE_LIMIT_LOGIN > calls;
    },
  ),
  {
    field: 'MAX_CONNECTIONS_PER_ADDRESS',
    message: ({ MAX_CONNECTIONS: most, MAX_CONNECTIONS_PER_ADDRESS: perAddress }) => {
      const limits = connectionLimits({ most, perAddress });
      // Where both are set, they contradict each other, which is an error.
      if (most !== undefined || limits.perAddress <= limits.most) return undefined;
      return `exceeds the limit for all addresses together, which is ${limits.most} on this machine.`;
    },
  },
];

/**
 * Variables that a server ignores, or starts with although they are odd: misspelled, pointless, or
 * beyond the limits of this machine. Wrong variables are looked past.
 */
export function warningsOf(
  settings: Settings,
  environment: Env,
  placeOf: (variable: string) => Place,
): Problem[] {
  const misspelled = misspelledIn(environment).map(({ name, meant }) => ({
    field: name,
    message: `is unknown and ignored; do you mean ${meant}?`,
  }));
  const odd = RULES.filter(({ field }) => !isDefault(environment[field], field)).flatMap((rule) => {
    const message = ifRight(() => messageOf(rule, settings));
    return message === undefined ? [] : [{ field: rule.field, message }];
  });
  const excess = excessIn(settings);
  return [...misspelled, ...odd, ...excess].map((warning) => ({
    ...placeOf(warning.field),
    ...warning,
    isWarning: true,
  }));
}

/** Nothing is said of a variable that is wrong besides. */
function messageOf(rule: Rule, settings: Settings): string | undefined {
  return settings[rule.field] === undefined ? undefined : rule.message(settings);
}

function excessIn(settings: Settings): { field: string; message: string }[] {
  const most = ifRight(() => settings.MAX_CONNECTIONS);
  const excess = tooManyFor(connectionLimits({ most, perAddress: undefined }).most);
  const field = 'MAX_CONNECTIONS';
  return excess === null ? [] : [{ field, message: excess.replace(`${field}: `, '') }];
}
