import { BEARING } from '../../../proc/script';
import { ACCESS } from './access';
import { COMMON } from './common';
import { INVENTORY } from './inventory';
import { PURGE } from './purge';

/** The calls of the script, by the first word that it gets. */
export type Verb =
  'boot' | 'take' | 'open' | 'close' | 'search' | 'known' | 'taken' | 'clear' | 'run' | 'leave';

const VERBS = String.raw`
case $verb in
  boot)
    # A container that starts again has the same boot, but another first process.
    echo "boot $(cat /proc/sys/kernel/random/boot_id) $(cut -d' ' -f22 /proc/1/stat)"
    ;;
  take)
    roots=$1
    take_turn
    owner=$(cat "$state/owner" 2>/dev/null)
    if [ -n "$owner" ] && [ "$owner" != "$res" ] && [ -f "$state/$owner/inventory" ]; then
      fail 74 'another resource of this installation is this host already'
    fi
    purge
    echo inventory
    # The first one counts: a repeated call changes nothing.
    if [ ! -f "$own/inventory" ]; then
      inventory >"$own/inventory.new"
      mv "$own/inventory.new" "$own/inventory"
    fi
    echo "$res" >"$state/owner"
    cat "$own/inventory"
    ;;
  open)
    roots=$4
    read_secrets
    require_taken
    take_turn
    purge
    open_access "$1" "$2" "$3"
    ;;
  close)
    roots=$1
    if ! is_taken; then exit 0; fi
    take_turn
    purge
    ;;
  search)
    roots=$1
    require_taken
    if [ "$2" = removing ]; then
      take_turn
      purge
    fi
    logins | while read -r uid name; do
      if getent passwd "$name" >/dev/null; then echo "left the user $name"; fi
    done
    echo inventory
    inventory
    ;;
  known)
    require_taken
    echo inventory
    cat "$own/inventory"
    ;;
  taken) require_taken ;;
  clear)
    take_turn
    rm -f "$own/uids"
    ;;
  run)
    "$@" </dev/null >/dev/null 2>&1 9>&-
    echo "status $?"
    ;;
  leave)
    roots=$1
    # A host that was never taken, or was left before, has nothing of this resource.
    if [ -d "$own" ]; then
      purge
      [ "$(cat "$state/owner" 2>/dev/null)" != "$res" ] || rm -f "$state/owner"
      rm -f "$own/uids" "$own/inventory"
    fi
    ;;
  *) fail 77 'the call is not understood' ;;
esac
`;

/** The script that runs on a host. It holds no value: all come as words, and secrets on stdin. */
export const SCRIPT = [COMMON, BEARING, PURGE, ACCESS, INVENTORY, VERBS].join('\n');

const END = '#end';
/** The environment of everything that runs on a host: folders of local programs are left out. */
const ENVIRONMENT = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C', 'LC_ALL=C', 'HOME=/root'];
/**
 * Reads the script from stdin line by line, so that the lines that follow it are left for the script
 * to read. It is one line without an exclamation mark: any shell may be in between.
 */
const LOADER =
  'n=$(printf "\\nx"); n=${n%x}; s=; while IFS= read -r l; do ' +
  `case "$l" in "${END}") break;; esac; s="$s$l$n"; done; eval "$s"`;

/** A word for any shell: nothing in it is expanded. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that runs the script with these words. `sudo`: as root by sudo. */
export function commandFor(words: readonly string[], sudo: boolean): string {
  const shell = ['env', '-i', ...ENVIRONMENT, 'sh', '-c', LOADER, 'holdfast', ...words];
  return ['exec', ...(sudo ? ['sudo', '-n', '--'] : []), ...shell.map(quoted)].join(' ');
}

/** The input of that command: the script, then `lines`, then an empty line. */
export function inputFor(lines: readonly string[]): string {
  return `${SCRIPT}\n${END}\n${[...lines, ''].join('\n')}\n`;
}
