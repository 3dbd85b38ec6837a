#!/bin/sh
# Builds a small base image for the qemu driver's tests: a Debian cloud kernel, busybox, dropbear and the QEMU guest
# agent. Installs what is missing on this (Debian) machine, which needs root; the kernel's and the agent's packages
# are only unpacked. Prints the directory that holds vmlinux, initrd and base.qcow2; it lies outside the checkout, and
# what was built from the same ingredients is left alone.   usage: qemu-image.sh [DIR]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/qemu}

# need PROGRAM PACKAGE: remembers the package where the program is missing.
wanted=
need() {
  command -v "$1" >/dev/null 2>&1 || wanted="$wanted $2"
}
need qemu-system-x86_64 qemu-system-x86
need qemu-img qemu-utils
need dropbear dropbear-bin
need busybox busybox-static
need scp openssh-client
need /usr/lib/openssh/sftp-server openssh-sftp-server
need cpio cpio
need lz4 lz4
need mke2fs e2fsprogs
if [ -n "$wanted" ]; then
  echo "installing:$wanted" >&2
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
fi

programs=$(sh "$here/ssh-root.sh" --programs)
# shellcheck disable=SC2086 # a list of paths
recipe=$(cat "$0" "$here/ssh-root.sh" "$here"/ssh-image/* "$here"/qemu-image/* $programs | sha256sum | cut -c1-16)
if [ "$(cat "$dir/recipe" 2>/dev/null || true)" = "$recipe" ]; then
  echo "$dir is up to date" >&2
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack PACKAGE DIR: as Debian offers it now, without installing it.
unpack() {
  mkdir "$work/deb"
  chmod 755 "$work" "$work/deb"
  (cd "$work/deb" && apt-get download -qq "$1" 2>/dev/null) || {
    apt-get update -qq
    (cd "$work/deb" && apt-get download -qq "$1")
  }
  dpkg-deb -x "$work"/deb/*.deb "$2"
  rm -rf "$work/deb"
}

# libraries_of PROGRAM: the paths that it is linked against.
libraries_of() {
  ldd "$1" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }'
}

kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends:/ { print $2; exit }')
unpack "$kernel" "$work/kernel"
unpack qemu-guest-agent "$work/agent"

# The kernel unpacked beforehand: emulated processors take long to do it. Its payload is lz4, by this mark.
image=$(ls "$work"/kernel/boot/vmlinuz-*)
offset=$(LC_ALL=C grep -obUaP '\x02\x21\x4c\x18' "$image" | head -n 1 | cut -d: -f1)
# Bytes follow the payload, at which lz4 complains.
tail -c +$((offset + 1)) "$image" | lz4 -dcq >"$work/vmlinux" 2>/dev/null || true
[ "$(head -c 4 "$work/vmlinux" | tail -c 3)" = ELF ] || { echo 'the kernel could not be unpacked' >&2; exit 1; }

initrd=$work/initrd.d
mkdir -p "$initrd/bin" "$initrd/lib/modules" "$initrd/proc" "$initrd/dev" "$initrd/root"
install -m 755 "$(command -v busybox)" "$initrd/bin/busybox"
install -m 755 "$here/qemu-image/initrd" "$initrd/init"
for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk virtio_console \
  failover net_failover virtio_net; do
  found=$(find "$work/kernel/lib/modules" -name "$module.ko")
  [ -n "$found" ] || continue
  install -m 644 "$found" "$initrd/lib/modules/"
  echo "$module" >>"$initrd/lib/modules/order"
done
(cd "$initrd" && find . | cpio --quiet -o -H newc) >"$work/initrd"

root=$work/root
sh "$here/ssh-root.sh" "$root"
mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/var/lib"
rm -f "$root/sbin/init" "$root/bin/init"
install -m 755 "$here/qemu-image/init" "$root/sbin/init"
install -m 755 "$work/agent/usr/sbin/qemu-ga" "$root/usr/sbin/"
libraries_of "$work/agent/usr/sbin/qemu-ga" | while read -r library; do
  install -D -m 755 "$(readlink -f "$library")" "$root$library"
done
mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 -L base -d "$root" "$work/base.raw" 96M
qemu-img convert -q -f raw -O qcow2 "$work/base.raw" "$work/base.qcow2"

mkdir -p "$dir"
for file in vmlinux initrd base.qcow2; do mv "$work/$file" "$dir/$file"; done
echo "$recipe" >"$dir/recipe"
echo "built $dir" >&2
