#!/bin/sh
# Lends logins of a CI server behind nginx or Apache, which ask for them by basic authentication. Needs jq, curl and
# openssl. $CI holds `url`, the address of a page that asks for a login, and `htpasswd`, the password file that the web
# server reads at each request; Holdfast alone writes it. Basic authentication has no sessions, so a login that is
# refused leaves its holder with nothing.
set -eu
umask 027
call=$(cat)
field() { printf '%s' "$call" | jq -er "$1 // \"\""; }
fail() { echo "$1" >&2; exit 1; }
# Ids become parts of paths.
safe() { case $1 in '' | .* | *[!A-Za-z0-9._-]*) fail "no safe name: $1" ;; *) printf '%s' "$1" ;; esac; }

home=$CI/accounts/$(safe "$(field .installation)")
own=$(safe "$(field .operationId)")+$(field .attempt)
operation=$(field .operation)
# An account is a folder, with a file for each of its logins: a line of the password file.
case $operation in list | remove) ;; *) account=$home/$(safe "$(field .target.pool)")/$(safe "$(field .target.resourceId)") ;; esac

required() { [ "$(cat "$account/handle" 2>/dev/null)" = "$(field .target.handle)" ] || fail 'There is no such account.'; }
# The web server sees the old file or the new one, never a part.
publish() {
  find "$CI/accounts" -path '*/logins/*' -type f -exec cat {} + >"$CI/htpasswd.new"
  mv "$CI/htpasswd.new" "$CI/htpasswd"
}
# Does the CI server accept this credential of the call? Only 401 is a refusal.
accepts() {
  status=$(printf '%s' "$call" | jq -r ".$1 | \"user = \" + (.username + \":\" + .password | @json)" |
    curl -sS -o /dev/null -w '%{http_code}' --max-time 20 -K - "$(cat "$CI/url")") || exit 75
  case $status in 2*) ;; 401) return 1 ;; *) echo "The CI server answers $status." >&2; exit 75 ;; esac
}
answer() { jq -cn --arg handle "$(cat "$account/handle")" --arg url "$(cat "$CI/url")" '{handle: $handle, details: {url: $url}}'; }

# One call at a time writes the password file.
case $operation in verify | checkCredential | list) ;; *) exec 9>"$CI/lock" && flock 9 ;; esac
case $operation in
provision)
  rm -rf "$account" && mkdir -p "$account/logins"
  printf '%s' "${account#"$home/"}/$own" >"$account/handle"
  publish
  answer
  ;;
verify)
  if ! (required) 2>/dev/null; then echo '{"ok": false, "reason": "There is no such account."}'
  elif [ -n "$(field .credential.username)" ] && ! accepts credential; then echo '{"ok": false, "reason": "The login is refused."}'
  else echo '{"ok": true}'; fi
  ;;
clean)
  required
  # The jobs, caches and tokens that a holder left on your CI server are removed here.
  rm -f "$account/logins/${own%+*}"+*
  publish
  answer
  ;;
issueCredential)
  required
  if [ -n "$(field .current.username)" ]; then accepts current || fail 'The login is refused.'; else rm -f "$account"/logins/*; fi
  rm -f "$account/logins/${own%+*}"+*
  username=$(safe "$(field .target.name)")-$(openssl rand -hex 4) password=$(openssl rand -hex 16)
  printf '%s:%s\n' "$username" "$(printf '%s\n' "$password" | openssl passwd -6 -stdin)" >"$account/logins/$own"
  publish
  printf '%s %s' "$username" "$password" | jq -cR '{credential: (split(" ") | {username: .[0], password: .[1]})}'
  ;;
retireCredential)
  required
  accepts current || fail 'The login is refused.'
  current=$(field .current.username)
  for login in "$account"/logins/*; do [ "$(cut -d: -f1 "$login")" = "$current" ] || rm -f "$login"; done
  publish
  since=$(date +%s%3N)
  for _ in 1 2 3; do
    if accepts old; then fail 'The old login still works.'; fi
    accepts current || fail 'The new login is refused.'
  done
  jq -cn --arg endpoint "$(cat "$CI/url")" --argjson since "$since" --argjson until "$(date +%s%3N)" '{shown: {
    refused: {endpoint: $endpoint, times: 3, accepted: 3, since: $since, until: $until},
    derived: {how: "none"}
  }}'
  ;;
checkCredential)
  required
  if accepts credential; then echo '{"accepted": true}'; else echo '{"accepted": false}'; fi
  ;;
destroy)
  rm -rf "$account"
  publish
  ;;
list)
  for handle in "$home/$(safe "$(field .pool)")"/*/handle; do
    [ -f "$handle" ] || continue
    jq -cR 'split("/") as $parts | {found: [{handle: ., resourceId: $parts[1], operationId: ($parts[2] | split("+")[0])}]}' "$handle"
  done
  ;;
remove)
  handle=$(field .found.handle)
  case $handle in *..* | /*) exit 1 ;; esac
  account=$home/${handle%/*}
  if [ "$(cat "$account/handle" 2>/dev/null)" = "$handle" ]; then rm -rf "$account"; fi
  publish
  ;;
esac
