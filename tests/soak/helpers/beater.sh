# Four processes that ignore polite signals write when they were alive, each by another way out:
# a session of its own, nohup, a double fork, and none. Needs bash, which tells times without a fork.
beat() {
  trap : TERM HUP INT
  exec 9<> <(:)
  while :; do
    echo "$HOLDFAST_LAB_1_NAME ${EPOCHREALTIME/[.,]/}" >>"$BEATS/$HOLDFAST_LOAN"
    read -r -t 0.02 -u 9
  done
}
if [ "$1" = beat ]; then beat; fi
setsid bash "$0" beat &
nohup bash "$0" beat >/dev/null 2>&1 &
(bash "$0" beat &)
sleep "$1" &
wait $!
exit 0
