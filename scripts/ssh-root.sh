#!/bin/sh
# Lays out a root file system in DIR: busybox, dropbear, what scp and sftp need, and the two commands by which Holdfast
# opens and ends a login. Everything comes from this machine's busybox-static, dropbear-bin, openssh-client and
# openssh-sftp-server packages. docker-ssh-image.sh and qemu-image.sh make their images of it.
#   usage: ssh-root.sh DIR, or ssh-root.sh --programs to print which programs of this machine it takes
set -eu

sftp_server=/usr/lib/openssh/sftp-server
if [ "$1" = --programs ]; then
  command -v busybox dropbear scp
  echo "$sftp_server"
  exit 0
fi

root=$1
files=$(cd "$(dirname "$0")" && pwd)/ssh-image
busybox=$(command -v busybox)

mkdir -p "$root/bin" "$root/sbin" "$root/usr/sbin" "$root/etc/dropbear" "$root/home" "$root/run" "$root/var"
mkdir -m 700 "$root/root"
mkdir -m 1777 "$root/tmp"
ln -s ../run "$root/var/run"

install -m 755 "$busybox" "$root/bin/busybox"
for applet in $("$busybox" --list); do
  [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
done

# add PROGRAM PATH: linked dynamically, so its libraries and the loader come along at the same paths.
add() {
  install -D -m 755 "$1" "$root$2"
  ldd "$1" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' | while read -r library; do
    install -D -m 755 "$(readlink -f "$library")" "$root$library"
  done
}
add "$(command -v dropbear)" /usr/sbin/dropbear
# dropbear starts Debian's sftp-server at this path; `scp -O` starts scp itself.
add "$sftp_server" /usr/lib/sftp-server
add "$(command -v scp)" /bin/scp

install -m 755 "$files/holdfast-grant" "$files/holdfast-revoke" "$files/holdfast-sshd" "$root/sbin/"
install -D -m 644 "$files/users.sh" "$root/lib/holdfast/users.sh"
install -m 644 "$files/passwd" "$files/group" "$files/shells" "$files/nsswitch.conf" "$root/etc/"
install -m 600 "$files/shadow" "$root/etc/shadow"
