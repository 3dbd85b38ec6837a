#!/bin/sh
# Lends containers of the Docker engine that the playbook beside it makes and replaces. Needs ansible-core, jq
# and docker; IMAGE names the image, whose main process listens on port 22.
# Ansible evaluates {{ }} in any text that it is given. So only ids go there, and none with odd characters.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM

cat >"$work/call.json"
jq -e '{
    operation, attempt, installation, operation_id: .operationId,
    pool: (.target.pool // .pool // ""),
    resource: (.target.resourceId // .found.resourceId // ""),
    container: (.target.handle // .found.handle // "")
  }
  | if all(.[] | tostring; test("^[A-Za-z0-9._-]*$")) then . else error("an id has odd characters") end' \
  "$work/call.json" >"$work/ids.json"

docker version >/dev/null || exit 75
export ANSIBLE_NOCOLOR=1 ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_LOCAL_TEMP="$work" ANSIBLE_REMOTE_TEMP="$work"
ansible-playbook --inventory localhost, --connection local --extra-vars "@$work/ids.json" \
  --extra-vars "answer=$work/answer image=$IMAGE" "$here/containers.yml" >&2
[ -e "$work/answer" ] || exit 0
old=$(jq -r 'select(.operation == "clean").container' "$work/ids.json")
# The old container is gone only if the engine says so.
if [ -n "$old" ] && left=$(docker ps --all --quiet --no-trunc --filter "id=$old") && [ -z "$left" ]; then
  jq -c --arg old "$old" '. + {shown: {replaced: {gone: $old}}}' "$work/answer"
else
  cat "$work/answer"
fi
