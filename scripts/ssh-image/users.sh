# What granting and revoking have in common; sourced by both.

state=/run/holdfast
kept=/var/lib/holdfast
first_id=1000
umask 077

# fail STATUS MESSAGE
fail() {
  echo "${0##*/}: $2" >&2
  exit "$1"
}

check_name() {
  case $1 in
    '' | root | *[!a-z0-9_-]* | [!a-z_]*) fail 64 'not a login name' ;;
  esac
}

# One at a time may rewrite the files of users. A lock whose owner was killed is taken over.
lock() {
  tries=0
  until mkdir "$state/lock" 2>/dev/null; do
    owner=$(cat "$state/lock/owner" 2>/dev/null || true)
    if [ -n "$owner" ] && [ ! -d "/proc/$owner" ]; then rm -rf "$state/lock"; fi
    tries=$((tries + 1))
    [ "$tries" -lt 250 ] || fail 75 'the user files are locked'
    usleep 20000
  done
  echo $$ >"$state/lock/owner"
  trap 'rm -rf "$state/lock"' EXIT
}

# id_of NAME: prints nothing for a stranger.
id_of() {
  awk -F: -v name="$1" '$1 == name { print $3 }' /etc/passwd
}

# forget NAME: out of the user files, so that nobody new gets in.
forget() {
  for file in passwd shadow; do
    awk -F: -v name="$1" '$1 != name' "/etc/$file" >"/etc/$file.new"
    [ "$file" = shadow ] || chmod 644 "/etc/$file.new"
    mv "/etc/$file.new" "/etc/$file"
  done
}
