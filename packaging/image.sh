#!/bin/sh
# Builds a container image from the executable and this machine's glibc and libstdc++; no registry is asked.
#   usage: image.sh [TAG] [EXECUTABLE]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tag=${1:-holdfast:latest}
binary=${2:-$here/../dist/holdfast}
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

mkdir -p "$context/root/etc" "$context/data"
install -m 755 "$binary" "$context/root/holdfast"
# The loader and every library, where the executable looks for them.
ldd "$binary" | grep -o '/[^ ]* (0x' | cut -d' ' -f1 | while read -r library; do
  install -D -m 755 "$(readlink -f "$library")" "$context/root$library"
done
echo 'holdfast:x:65532:65532::/data:/holdfast' >"$context/root/etc/passwd"
echo 'holdfast:x:65532:' >"$context/root/etc/group"
# COPY leaves an empty directory out.
touch "$context/data/.keep"
chmod 700 "$context/data"

version=$("$binary" --version | sed -n 's/^holdfast //p')
commit=$("$binary" --version | sed -n 's/^commit //p')
docker build --quiet --tag "$tag" --file "$here/Dockerfile" \
  --label "org.opencontainers.image.title=holdfast" \
  --label "org.opencontainers.image.version=$version" \
  --label "org.opencontainers.image.revision=$commit" \
  "$context" >/dev/null
echo "$tag"
