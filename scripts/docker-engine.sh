#!/bin/sh
# Makes sure that a Docker engine answers on this (Debian) machine and that the SSH image for tests is built.
# Safe to run again. Needs root. Installs only what is missing, from Debian, and uses no image registry. Tests start a
# registry of their own, docker-registry, and engines on a disk of btrfs.
#   DOCKERD_LOG, DOCKERD_PID: where an engine started here writes its log and its process id.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
log=${DOCKERD_LOG:-/var/log/holdfast-dockerd.log}
pidfile=${DOCKERD_PID:-/run/holdfast-dockerd.pid}

answers() {
  docker version >/dev/null 2>&1
}

# need PROGRAM PACKAGE: remembers the package where the program is missing.
wanted=
need() {
  command -v "$1" >/dev/null 2>&1 || wanted="$wanted $2"
}

install_missing() {
  need dockerd docker.io
  need docker docker.io
  need docker-registry docker-registry
  need mkfs.btrfs btrfs-progs
  need iptables iptables
  need ip iproute2
  need dropbear dropbear-bin
  need busybox busybox-static
  need scp openssh-client
  need /usr/lib/openssh/sftp-server openssh-sftp-server
  # The image has no C library for busybox: the static build is the one that is needed.
  if command -v busybox >/dev/null 2>&1 && ldd "$(command -v busybox)" >/dev/null 2>&1; then
    wanted="$wanted busybox-static"
  fi
  [ -n "$wanted" ] || return 0
  echo "installing:$wanted" >&2
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
}

# runs PROGRAM PIDFILE: is that process alive, and not merely what is left of one?
runs() {
  pid=$(cat "$2" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status"
}

# An engine that was killed leaves pid files, and perhaps its containerd: the next one would trip over either.
forget_the_dead() {
  if runs dockerd "$pidfile"; then return 0; fi
  left=/var/run/docker/containerd/containerd.pid
  if runs containerd "$left"; then kill -9 "$(cat "$left")"; fi
  rm -f "$pidfile" "$left"
}

start_engine() {
  forget_the_dead
  echo "starting dockerd, log in $log" >&2
  setsid dockerd --pidfile "$pidfile" >"$log" 2>&1 </dev/null &
  tries=0
  until answers; do
    tries=$((tries + 1))
    if [ "$tries" -gt 120 ]; then
      echo "dockerd does not answer; the end of its log:" >&2
      tail -n 20 "$log" >&2
      exit 1
    fi
    sleep 0.25
  done
}

install_missing
answers || start_engine
sh "$here/docker-ssh-image.sh"
docker version --format 'Docker engine {{.Server.Version}} answers.'
