/** The group of holders. cloud-init gives each user a group of the same name: it must be no user. */
export const GROUP = 'holdfast-holders';

/**
 * Opens and ends logins in a guest with OpenSSH, useradd, chpasswd and procps, such as Debian. It
 * reads the lines that scripts/ssh-image describes. Its first argument, `$0`, says which of both.
 */
const SCRIPT = `
set -eu
umask 077
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
kept=/var/lib/holdfast
mkdir -p "$kept"

name= password= keys= operation= attempt=0
newline='
'
while IFS= read -r line; do
  case $line in
    '') break ;;
    'user '*) name=\${line#user } ;;
    all) name=all ;;
    'password '*) password=\${line#password } ;;
    'key '*) keys=$keys\${line#key }$newline ;;
    'operation '*) operation=\${line#operation }; attempt=\${operation##* }; operation=\${operation% *} ;;
    *) exit 64 ;;
  esac
done
case $name in '' | root | *[!a-z0-9_-]* | [!a-z_]*) exit 64 ;; esac
case $operation in '' | *[!A-Za-z0-9._-]*) exit 64 ;; esac
case $attempt in '' | *[!0-9]*) exit 64 ;; esac

exec 9>"$kept/lock"
flock 9
# The group of holders, and of nobody else: our own user must not be among them.
getent group ${GROUP} >/dev/null || groupadd ${GROUP}
group=$(getent group ${GROUP} | cut -d: -f3)

# Operations take turns: exit 73 for one that comes after a later one, or after a later attempt.
last= tried=0
[ ! -f "$kept/turn" ] || read -r last tried <"$kept/turn"
if [ "$operation" = "$last" ] && [ "$attempt" -lt "$tried" ]; then exit 73; fi
if [ "$0" = grant ] || [ "$name" = all ]; then
  if [ "$operation" \\< "$last" ]; then exit 73; fi
  echo "$operation $attempt" >"$kept/turn.new"
  mv "$kept/turn.new" "$kept/turn"
fi

# remove NAME: nobody new gets in by it, then its processes end, and with them its connections.
remove() {
  id=$(id -u "$1" 2>/dev/null) || return 0
  [ "$(id -g "$1")" = "$group" ] || exit 64
  usermod --expiredate 1 --password '!' "$1"
  while ps -o stat= -U "$id" | grep -qv '^Z'; do pkill -KILL -U "$id" || true; done
  crontab -r -u "$1" 2>/dev/null || true
  find /tmp /var/tmp /dev/shm -user "$id" -exec rm -rf {} + 2>/dev/null || true
  userdel --force --remove "$1" 2>/dev/null || userdel --force "$1"
}

if [ "$0" = revoke ]; then
  [ "$name" != all ] || name=$(getent passwd | awk -F: -v group="$group" '$4 == group { print $1 }')
  for each in $name; do remove "$each"; done
  exit 0
fi

[ -n "$password$keys" ] || exit 64
# A user who is there already may have made anything of their home.
remove "$name"
shell=/bin/bash
[ -x "$shell" ] || shell=/bin/sh
useradd --create-home --gid ${GROUP} --shell "$shell" "$name"
home=$(getent passwd "$name" | cut -d: -f6)
if [ -n "$keys" ]; then
  mkdir "$home/.ssh"
  printf '%s' "$keys" >"$home/.ssh/authorized_keys"
  chown -R "$name:$group" "$home/.ssh"
fi
if [ -n "$password" ]; then
  printf '%s:%s\\n' "$name" "$password" | chpasswd
else
  usermod --password '*' "$name"
fi
`;

const builtIn = (which: 'grant' | 'revoke') => ['/bin/sh', '-c', SCRIPT, which];

/** The commands for an image that has none of its own. */
export const GRANT_COMMAND: string[] = builtIn('grant');
export const REVOKE_COMMAND: string[] = builtIn('revoke');
