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

# Operations take turns in a container: their ids rise, and so do the attempts of each. Who comes after a later one was
# stopped on the way and let go too late: it is turned away (exit 73). What is said of turns holds under the lock only.

# read_operation 'ID ATTEMPT'
read_operation() {
  operation=${1% *} attempt=${1##* }
  case $operation in '' | *[!A-Za-z0-9._-]*) fail 64 'not an operation' ;; esac
  case $attempt in '' | *[!0-9]*) fail 64 'not an attempt' ;; esac
}

# make_way: for a later attempt of the same operation.
make_way() {
  last= tried=0
  [ ! -f "$kept/turn" ] || read -r last tried <"$kept/turn"
  if [ "$operation" = "$last" ] && [ "$attempt" -lt "$tried" ]; then fail 73 'a later attempt has been here'; fi
}

# take_turn: for later operations as well, and from now on nobody earlier gets one.
take_turn() {
  make_way
  if [ "$operation" \< "$last" ]; then fail 73 'a later operation has been here'; fi
  echo "$operation $attempt" >"$kept/turn.new"
  mv "$kept/turn.new" "$kept/turn"
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
