/** Makes a user of our own on a host. */
export const ACCESS = String.raw`
# A number is never given twice, so that nothing left behind becomes a stranger's. All installations
# share the count.
next_uid() {
  exec 8>"$top/lock"
  flock -w 60 8 || fail 77 'the count of users is locked'
  kept=$(cat "$top/last-uid" 2>/dev/null)
  in_range "$kept" || kept=$((first - 1))
  uid=$(cat /etc/passwd /etc/group | awk -F: -v first="$first" -v last="$last" -v most="$kept" '
    $3 >= first && $3 <= last && $3 > most { most = $3 } END { print most + 1 }')
  in_range "$uid" || fail 74 'all user numbers of the range have been given'
  echo "$uid" >"$top/last-uid.new"
  mv "$top/last-uid.new" "$top/last-uid"
  exec 8>&-
}

read_secrets() {
  password='' keys='' newline='
'
  while IFS= read -r line; do
    case $line in
      '') break ;;
      'password '*) password=$(printf '%s' "$line" | cut -c 10-) ;;
      'key '*) keys=$keys$(printf '%s' "$line" | cut -c 5-)$newline ;;
      *) fail 77 'a line is not understood' ;;
    esac
  done
}

# open_access NAME MARK GROUPS
open_access() {
  name=$1 mark=$2 groups=$3
  if getent passwd "$name" >/dev/null || getent group "$name" >/dev/null || [ -e "/home/$name" ]; then
    fail 74 "the host has a user, a group or a home named $name already"
  fi
  for group in $(echo "$groups" | tr , ' '); do
    getent group "$group" >/dev/null || fail 74 "the host has no group $group"
  done
  next_uid
  # Recorded before it is made: whoever repeats this call finds it.
  echo "$uid $name" >>"$own/uids"
  shell=/bin/sh
  [ ! -x /bin/bash ] || shell=/bin/bash
  groupadd -g "$uid" "$name" >/dev/null 2>&1 || fail 74 "the group $name cannot be made"
  useradd -u "$uid" -g "$uid" -G "$groups" -c "$mark" -d "/home/$name" -m -s "$shell" -K HOME_MODE=0700 \
    -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$name" >/dev/null 2>&1 || fail 74 "the user $name cannot be made"
  chmod 700 "/home/$name"
  if [ -n "$keys" ]; then
    mkdir -p "/home/$name/.ssh"
    printf '%s' "$keys" >"/home/$name/.ssh/authorized_keys"
    chown -R "$uid:$uid" "/home/$name/.ssh"
  fi
  # The only way in comes last. The shell itself writes it, so that no process list shows it.
  if [ -n "$password" ]; then
    printf '%s:%s\n' "$name" "$password" | chpasswd >/dev/null 2>&1 || fail 74 'the host refuses the password'
  fi
}
`;
