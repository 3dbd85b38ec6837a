import { BEARING } from '../../proc/script';

/**
 * The program of the guard, for any POSIX shell: $1 is the variable that marks our processes, $2
 * the seconds between SIGTERM and SIGKILL; further ones are files to remove. It reads lines:
 * `child PID own|shared` (whether the child leads a group of its own), `until SECONDS` (when
 * everything is to be dead unless another such line comes first; a `sleep` without fractions rounds it
 * down), `done`. If its input ends without
 * `done`, we were killed: then it ends the processes in our place.
 */
export const GUARD_SCRIPT = `
marker=$1 grace=$2 child= group= watch= known= doubted=
shift 2
trap '' INT TERM HUP QUIT TSTP

tree() {
  for pid in "$@"; do
    echo "$pid"
    tree $(cat "/proc/$pid/task/"*/children 2>/dev/null)
  done
}

live() {
  for pid in "$@"; do
    if read -r stat 2>/dev/null <"/proc/$pid/stat"; then
      case "\${stat##*) }" in [ZX]*) ;; *) echo "$pid" ;; esac
    fi
  done
}

${BEARING}
# known: those of ours that are alive. doubted: not empty if there may be more of them.
look() {
  found=$(
    [ -z "$child" ] || tree $child
    bearing environ "^$marker="
  )
  doubted=
  case $found in *doubt*) doubted=yes ;; esac
  known=$(live $(printf '%s\\n' $known $found | grep -v doubt | sort -u))
}

signal() {
  [ -z "$known" ] || kill -s "$1" $known
  [ -z "$group" ] || kill -s "$1" -- "-$group"
} 2>/dev/null

end() {
  look
  signal TERM
  signal CONT
  tenths=$((grace * 10))
  while [ "$tenths" -gt 0 ] && [ -n "$known$doubted" ]; do
    sleep 0.1
    tenths=$((tenths - 1))
    look
  done
  rounds=200
  while [ "$rounds" -gt 0 ]; do
    signal KILL
    look
    [ -n "$known$doubted" ] || break
    sleep 0.05
    rounds=$((rounds - 1))
  done
}

unwatch() {
  [ -z "$watch" ] || kill -s USR1 "$watch" 2>/dev/null
  watch=
}

watch() {
  unwatch
  (
    trap 'kill -s KILL "$nap" 2>/dev/null; exit 0' USR1
    sleep "$1" 2>/dev/null &
    nap=$!
    wait "$nap" || {
      sleep "\${1%.*}" &
      nap=$!
      wait "$nap"
    }
    grace=0
    end
  ) </dev/null &
  watch=$!
}

while read -r word value kind; do
  case $word in
    child) child=$value; [ "$kind" = own ] && group=$value ;;
    until) watch "$value" ;;
    done) unwatch; exit 0 ;;
  esac
done
unwatch
end
[ "$#" -eq 0 ] || rm -f -- "$@"
`;
