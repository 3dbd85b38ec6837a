#!/bin/sh
# Lends a directory with a fresh clone of the Git repository $REPOSITORY, below $TREES. Needs git and jq.
# A holder may have changed .git itself (hooks, filters), so a used clone is never trusted with another git
# command: cleaning puts a new clone in its place. The path names operation and attempt, so it never recurs.
set -eu
umask 077
call=$(cat)
field() { printf '%s' "$call" | jq -er "$1 // \"\""; }

# Ids become parts of paths.
safe() { case $1 in '' | .* | *[!A-Za-z0-9._-]*) echo "no safe name: $1" >&2; exit 1 ;; *) printf '%s' "$1" ;; esac; }
home=$TREES/$(safe "$(field .installation)")
[ -d "$REPOSITORY" ] || { echo "REPOSITORY is not there" >&2; exit 75; }

operation=$(field .operation)
case $operation in
provision | clean | destroy) resource=$home/$(safe "$(field .target.pool)")/$(safe "$(field .target.resourceId)") ;;
esac
case $operation in
provision | clean)
  tree=$resource/$(safe "$(field .operationId)")+$(field .attempt)
  old=$(field .target.handle)
  rm -rf "$resource" && mkdir -p "$resource"
  git clone --quiet --no-hardlinks "$REPOSITORY" "$tree"
  [ ! -e "$old" ] || old=
  jq -cn --arg path "$tree" --arg old "$old" '{handle: $path, details: {path: $path}}
    + if $old == "" then {} else {shown: {replaced: {gone: $old}}} end'
  ;;
verify)
  if [ -d "$(field .target.handle)/.git" ]; then echo '{"ok": true}'
  else echo '{"ok": false, "reason": "The work tree does not exist."}'; fi
  ;;
destroy) rm -rf "$resource" ;;
list)
  for tree in "$home/$(safe "$(field .pool)")"/*/*; do
    [ -d "$tree" ] || continue
    jq -cn --arg tree "$tree" '($tree | split("/")) as $parts
      | {found: [{handle: $tree, resourceId: $parts[-2], operationId: ($parts[-1] | split("+")[0])}]}'
  done
  ;;
remove)
  case $(field .found.handle) in
  *..*) exit 1 ;;
  "$home"/*) rm -rf "$(field .found.handle)" ;;
  esac
  ;;
esac
