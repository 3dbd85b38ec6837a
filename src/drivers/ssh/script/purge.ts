/** Ends logins on a host, and removes everything that belongs to them. */
export const PURGE = String.raw`
# Authority first: no new session, no group, no sudo. Then the sessions.
lock_out() {
  if ! getent passwd "$2" >/dev/null; then return 0; fi
  usermod -L -e 1 -s /usr/sbin/nologin -G '' "$2" >/dev/null 2>&1 ||
    { passwd -l "$2" && chage -E 0 "$2"; } >/dev/null 2>&1
  rm -f "/home/$2/.ssh/authorized_keys"
  if [ -d /run/systemd/system ]; then
    loginctl disable-linger "$2" >/dev/null 2>&1
    loginctl terminate-user "$2" >/dev/null 2>&1
  fi
}

# Processes that run as the user, that the user has begun by sudo or in a session of their own, and
# connections that log in as the user; a doubt if there may be more. A zombie holds nothing.
processes_of() {
  cat /proc/[0-9]*/status 2>/dev/null | awk -v uid="$1" '
    $1 == "State:" { dead = ($2 == "Z" || $2 == "X") }
    $1 == "Pid:" { pid = $2 }
    $1 == "Uid:" && !dead && ($2 == uid || $3 == uid || $4 == uid || $5 == uid) { print pid }'
  grep -lsx "$1" /proc/[0-9]*/loginuid | cut -d/ -f3
  bearing environ "^SUDO_UID=$1$"
  bearing cmdline "^sshd(-session)?: $2( |@|$)"
}

end_processes() {
  rounds=0
  if command -v setpriv >/dev/null; then
    # Kills all at once, which no fork outruns.
    setpriv --reuid "$1" --regid "$1" --clear-groups sh -c 'kill -9 -1' </dev/null >/dev/null 2>&1 9>&-
  fi
  while found=$(processes_of "$1" "$2") && [ -n "$found" ]; do
    pids=$(echo "$found" | grep -v doubt)
    rounds=$((rounds + 1))
    if [ "$rounds" -gt 200 ]; then
      # On a busy host somebody is always in an execve.
      [ -n "$pids" ] || break
      fail 74 "processes of the user $2 cannot be ended"
    fi
    for pid in $pids; do
      if kill -9 "$pid" 2>/dev/null; then echo "removed process $pid of $2"; fi
    done
  done
}

# ipc_of PROC FLAG COLUMN UID: what the user owns, or has made and given to somebody else.
ipc_of() {
  awk -v uid="$4" -v column="$3" 'NR > 1 && ($column == uid || $(column + 2) == uid) { print $2 }' \
    "/proc/sysvipc/$1" 2>/dev/null
}

# The user itself may always remove it; root in a container may not.
remove_ipc() {
  for kind in 'shm -m 8' 'msg -q 8' 'sem -s 5'; do
    # shellcheck disable=SC2086 # three words
    set -- "$1" "$2" $kind
    ipc_of "$3" "$4" "$5" "$1" | while read -r id; do
      setpriv --reuid "$1" --regid "$1" --clear-groups ipcrm "$4" "$id" 2>/dev/null 9>&- ||
        ipcrm "$4" "$id" 2>/dev/null
      echo "removed IPC $3 $id of $2"
    done
    ipc_of "$3" "$4" "$5" "$1" | while read -r id; do echo "left IPC $3 $id of $2"; done
  done
}

# Paths one to a line, whatever is in their names.
as_lines() {
  tr '\n\000' '?\n'
}

# find runs from / because a holder may have removed the folder in which it would begin.
remove_files() {
  for root in $roots "/run/user/$1"; do
    [ -d "$root" ] && [ ! -L "$root" ] || continue
    find "$root" -xdev -uid "$1" -printf 'removed %p\0' -delete 2>/dev/null | as_lines
    find "$root" -xdev -uid "$1" -printf 'left %p\0' 2>/dev/null | as_lines
  done
}

# The home is ours because its name is; the one in /etc/passwd may be any folder by now.
remove_home() {
  home=/home/$2
  if awk -F: -v home="$home" '$6 == home { found = 1 } END { exit !found }' /etc/passwd; then return 0; fi
  [ -d "$home" ] && [ ! -L "$home" ] || return 0
  awk -v home="$home/" 'index($2 "/", home) == 1 { print $2 }' /proc/mounts | sort -r |
    while read -r mount; do umount -l "$mount" 2>/dev/null; done
  rm -rf --one-file-system "$home"
  [ ! -e "$home" ] || echo "left $home"
}

forget_user() {
  rm -f "/var/spool/cron/crontabs/$2" "/var/mail/$2" "/var/lib/systemd/linger/$2"
  if getent passwd "$2" >/dev/null; then
    userdel -f "$2" >/dev/null 2>&1
    if getent passwd "$2" >/dev/null; then fail 74 "the user $2 cannot be removed"; fi
  fi
  if [ "$(getent group "$2" | cut -d: -f3)" = "$1" ]; then groupdel "$2" >/dev/null 2>&1; fi
  # A user that has been given another name is still a member under the old one.
  awk -F: -v name="$2" 'index("," $4 ",", "," name ",") { print $1 }' /etc/group |
    while read -r group; do gpasswd -d "$2" "$group" >/dev/null 2>&1; done
}

# Everything of all logins of this resource; a second time, everything that came since.
purge() {
  all=$(logins)
  [ -n "$all" ] || return 0
  echo "$all" | while read -r uid name; do lock_out "$uid" "$name"; done
  echo "$all" | while read -r uid name; do
    end_processes "$uid" "$name"
    crontab -r -u "$name" >/dev/null 2>&1
    forget_user "$uid" "$name"
    remove_home "$uid" "$name"
    remove_ipc "$uid" "$name"
    remove_files "$uid"
    # A process may have been begun for the user by a daemon that knew it still.
    end_processes "$uid" "$name"
  done || exit
}
`;
