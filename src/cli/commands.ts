import type { Command } from 'commander';

/** The file of a command: it exports `add<Name>`, which adds the command to the program. */
type CommandModule = Readonly<Record<string, (program: Command) => void>>;

/**
 * Every command, by the groups and in the order of the help; docs/extending.md says how to add one.
 * Each line is a `require`, so that a command waits for its own code to load and no other.
 */
export const GROUPS: Readonly<Record<string, Readonly<Record<string, () => CommandModule>>>> = {
  'Borrow:': {
    exec: () => require('./loans/exec') as CommandModule,
    reserve: () => require('./loans/reserve') as CommandModule,
    wait: () => require('./loans/wait') as CommandModule,
    extend: () => require('./loans/extend') as CommandModule,
    release: () => require('./loans/release') as CommandModule,
    ssh: () => require('./loans/ssh') as CommandModule,
    mcp: () => require('./mcp') as CommandModule,
  },
  'Look:': {
    status: () => require('./remote/status') as CommandModule,
    pools: () => require('./remote/pools') as CommandModule,
    queue: () => require('./remote/queue') as CommandModule,
    holders: () => require('./remote/holders') as CommandModule,
    ls: () => require('./remote/ls') as CommandModule,
    show: () => require('./remote/show') as CommandModule,
    events: () => require('./remote/events') as CommandModule,
    returns: () => require('./remote/returns') as CommandModule,
    history: () => require('./remote/history') as CommandModule,
    doctor: () => require('./remote/doctor') as CommandModule,
  },
  'Run a pool:': {
    resize: () => require('./remote/resize') as CommandModule,
    drain: () => require('./remote/service') as CommandModule,
    maintenance: () => require('./remote/service') as CommandModule,
    quarantine: () => require('./remote/quarantine') as CommandModule,
  },
  'People:': {
    login: () => require('./remote/login') as CommandModule,
    logout: () => require('./remote/logout') as CommandModule,
    whoami: () => require('./remote/whoami') as CommandModule,
    context: () => require('./remote/context') as CommandModule,
    users: () => require('./remote/users') as CommandModule,
    tokens: () => require('./remote/tokens') as CommandModule,
    webhooks: () => require('./remote/webhooks') as CommandModule,
  },
  'Server:': {
    serve: () => require('./serve') as CommandModule,
    setup: () => require('./setup') as CommandModule,
    'reset-password': () => require('./reset-password') as CommandModule,
    'check-config': () => require('./check-config') as CommandModule,
    backup: () => require('./backup') as CommandModule,
    restore: () => require('./restore') as CommandModule,
    verify: () => require('./verify') as CommandModule,
    rekey: () => require('./rekey') as CommandModule,
    import: () => require('./import') as CommandModule,
    'docker-proxy': () => require('./docker-proxy') as CommandModule,
    completion: () => require('./completion') as CommandModule,
    // Hidden: the shells ask it.
    __complete: () => require('./remote/complete') as CommandModule,
  },
};

/** The commands that ask the program for all others. */
const ASKING = ['__complete'];

/** Is this the name of a command that needs no other? */
export function isAlone(name: string | undefined): name is string {
  return (
    name !== undefined &&
    !ASKING.includes(name) &&
    Object.values(GROUPS).some((commands) => Object.hasOwn(commands, name))
  );
}

/** Loads a command, and adds it to the program. */
export function addCommand(program: Command, name: string, load: () => CommandModule): void {
  load()[`add${capitalized(name)}`]!(program);
}

/** `ResetPassword` for `reset-password`. */
function capitalized(name: string): string {
  return name.replace(/(?:^|[-_]+)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
