#!/bin/sh
# Builds holdfast-host:latest, a Debian with OpenSSH, cron, at and sudo, as the hosts that the tests of the ssh driver
# lend. Everything comes from Debian's archive, as this machine is set up to reach it; no image registry is asked. An
# image that was built from the same recipe is left alone. Needs root and a Docker engine.   usage: docker-debian-host.sh [TAG]
set -eu

tag=${1:-holdfast-host:latest}
here=$(cd "$(dirname "$0")" && pwd)

recipe=$(cat "$0" "$here"/debian-host/* /etc/os-release | sha256sum | cut -c1-16)
built=$(docker image inspect --format '{{index .Config.Labels "holdfast.recipe"}}' "$tag" 2>/dev/null || true)
if [ "$built" = "$recipe" ]; then
  echo "$tag is up to date" >&2
  exit 0
fi

if ! command -v debootstrap >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

release=$(. /etc/os-release && echo "$VERSION_CODENAME")
debootstrap --variant=minbase --include=at,cron,openssh-server,procps,sudo "$release" "$root" >&2

rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/etc/ssh/ssh_host_*
install -m 755 "$here/debian-host/holdfast-host" "$root/sbin/holdfast-host"
install -m 644 "$here/debian-host/sshd.conf" "$root/etc/ssh/sshd_config.d/lab.conf"
install -m 440 "$here/debian-host/sudoers" "$root/etc/sudoers.d/lab"
# A container may not set the login uid, without which the session would be refused.
sed -i 's/required *pam_loginuid/optional pam_loginuid/' "$root"/etc/pam.d/*
chroot "$root" groupadd --system lab

tar -C "$root" --numeric-owner --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* -cf - . | docker import \
  --change "LABEL holdfast.recipe=$recipe" \
  --change 'EXPOSE 22' \
  --change 'CMD ["/sbin/holdfast-host"]' \
  - "$tag" >/dev/null
echo "built $tag" >&2
