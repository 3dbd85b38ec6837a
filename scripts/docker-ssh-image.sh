#!/bin/sh
# Builds holdfast-ssh:latest: busybox, dropbear and the two commands by which Holdfast opens and ends a login.
# Everything comes from this machine's busybox-static and dropbear-bin packages; no registry is asked.
# An image that was built from the same ingredients is left alone.   usage: docker-ssh-image.sh [TAG]
set -eu

tag=${1:-holdfast-ssh:latest}
files=$(cd "$(dirname "$0")" && pwd)/ssh-image
busybox=$(command -v busybox)
dropbear=$(command -v dropbear)

recipe=$(cat "$0" "$files"/* "$busybox" "$dropbear" | sha256sum | cut -c1-16)
built=$(docker image inspect --format '{{index .Config.Labels "holdfast.recipe"}}' "$tag" 2>/dev/null || true)
if [ "$built" = "$recipe" ]; then
  echo "$tag is up to date" >&2
  exit 0
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/bin" "$root/sbin" "$root/usr/sbin" "$root/etc/dropbear" "$root/home" "$root/run" "$root/var"
mkdir -m 700 "$root/root"
mkdir -m 1777 "$root/tmp"
ln -s ../run "$root/var/run"

install -m 755 "$busybox" "$root/bin/busybox"
for applet in $("$busybox" --list); do
  [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
done

install -m 755 "$dropbear" "$root/usr/sbin/dropbear"
# dropbear is linked dynamically: its libraries and the loader come along at the same paths.
ldd "$dropbear" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' | while read -r library; do
  install -D -m 755 "$(readlink -f "$library")" "$root$library"
done

install -m 755 "$files/holdfast-grant" "$files/holdfast-revoke" "$files/holdfast-sshd" "$root/sbin/"
install -D -m 644 "$files/users.sh" "$root/lib/holdfast/users.sh"
install -m 644 "$files/passwd" "$files/group" "$files/shells" "$files/nsswitch.conf" "$root/etc/"
install -m 600 "$files/shadow" "$root/etc/shadow"

tar -C "$root" --owner=0 --group=0 --numeric-owner -cf - . | docker import \
  --change "LABEL holdfast.recipe=$recipe" \
  --change 'ENV PATH=/usr/sbin:/sbin:/bin' \
  --change 'EXPOSE 22' \
  --change 'CMD ["/sbin/holdfast-sshd"]' \
  - "$tag" >/dev/null
echo "built $tag" >&2
