/**
 * The beginning of the script that runs on a host: its words, its lock, and its turns. It prints
 * `fail …` and ends with a status if something is wrong.
 */
export const COMMON = String.raw`
set -u
umask 077
verb=$1 inst=$2 res=$3 order=$4 attempt=$5 first=$6 last=$7 foreign=$8
shift 8
top=/var/lib/holdfast
state=$top/$inst
own=$state/$res

fail() {
  printf 'fail %s\n' "$2"
  exit "$1"
}

[ "$(id -u)" = 0 ] || fail 77 'the user of the settings is not root there, and may not become root by sudo'
for needed in flock useradd groupadd userdel usermod chpasswd find awk sha256sum xargs; do
  command -v "$needed" >/dev/null || fail 77 "the host has no $needed"
done
# Nobody else may have made these folders, or point them elsewhere.
for folder in "$top" "$state" "$own"; do
  mkdir -p "$folder" && [ ! -L "$folder" ] && [ -O "$folder" ] || fail 77 "$folder is not root's own"
done
exec 9>"$state/lock"
flock -w 120 9 || fail 77 'another call keeps the host busy'

# Operations take turns; their order rises, and so do the attempts of each. A call that comes after a
# later one was stopped on its way and let go too late.
take_turn() {
  before='' tried=0
  [ ! -f "$own/turn" ] || read -r before tried <"$own/turn"
  if [ "$order" \< "$before" ]; then fail 73 'a later operation has run'; fi
  if [ "$order" = "$before" ] && [ "$attempt" -lt "$tried" ]; then fail 73 'a later attempt has run'; fi
  echo "$order $attempt" >"$own/turn.new"
  mv "$own/turn.new" "$own/turn"
}

is_taken() {
  [ -f "$own/inventory" ] && [ "$(cat "$state/owner" 2>/dev/null)" = "$res" ]
}

require_taken() {
  is_taken || fail 74 'the host has not been taken for this resource'
}

in_range() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  [ "$1" -ge "$first" ] && [ "$1" -le "$last" ]
}

# Lines 'NUMBER NAME' of all logins of this resource, by our record and by the mark of the user. The
# numbers are ours alone, whatever a holder who became root has written.
logins() {
  {
    cat "$own/uids" 2>/dev/null
    awk -F: -v mark="holdfast/$inst/$res/" 'index($5, mark) == 1 { print $3, $1 }' /etc/passwd
    awk -F: 'NR == FNR { split($0, line, " "); uids[line[1]] = 1; next } $3 in uids { print $3, $1 }' \
      "$own/uids" /etc/passwd 2>/dev/null
  } | sort -u | while read -r uid name rest; do
    case $name in '' | *[!a-z0-9_-]*) continue ;; esac
    if in_range "$uid"; then echo "$uid $name"; fi
  done
}
`;
