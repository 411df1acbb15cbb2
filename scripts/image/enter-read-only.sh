#!/bin/sh
# Runs a command in an image's root as a container would: read-only but for the spool, as a user without rights.
# usage, as root: unshare -m --propagation private sh enter-read-only.sh ROOT SPOOL UID:GID WORKDIR NAME=VALUE... COMMAND...
set -eu
root=$1 spool=$2 user=$3 workdir=$4
shift 4
mount --bind "$root" "$root"
mount --bind "$spool" "$root/var/spool/stt"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,bind,ro "$root"
exec chroot --userspec="$user" --groups= "$root" /usr/bin/env -i -C "$workdir" "$@"
