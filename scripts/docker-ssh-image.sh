#!/bin/sh
# Builds holdfast-ssh:latest: busybox, dropbear, what scp and sftp need, and the two commands by which Holdfast opens and
# ends a login. Everything comes from programs of this machine (see ssh-root.sh); no registry is asked. An image that was built from the same ingredients is left alone.   usage: docker-ssh-image.sh [TAG]
set -eu

tag=${1:-holdfast-ssh:latest}
here=$(cd "$(dirname "$0")" && pwd)

programs=$(sh "$here/ssh-root.sh" --programs)
# shellcheck disable=SC2086 # a list of paths
recipe=$(cat "$0" "$here/ssh-root.sh" "$here"/ssh-image/* $programs | sha256sum | cut -c1-16)
built=$(docker image inspect --format '{{index .Config.Labels "holdfast.recipe"}}' "$tag" 2>/dev/null || true)
if [ "$built" = "$recipe" ]; then
  echo "$tag is up to date" >&2
  exit 0
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

sh "$here/ssh-root.sh" "$root"

tar -C "$root" --owner=0 --group=0 --numeric-owner -cf - . | docker import \
  --change "LABEL holdfast.recipe=$recipe" \
  --change 'ENV PATH=/usr/sbin:/sbin:/bin' \
  --change 'EXPOSE 22' \
  --change 'CMD ["/sbin/holdfast-sshd"]' \
  - "$tag" >/dev/null
echo "built $tag" >&2
