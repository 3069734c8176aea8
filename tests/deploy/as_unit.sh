#!/usr/bin/env bash
# Becomes PROGRAM as systemd would start it by UNIT: with its user (by number), capabilities and view of /sys/fs, all read
# from UNIT. systemd's other walls need systemd; service_test.py has them.
# Usage: as_unit.sh UNIT USER PROGRAM [WORD…]
set -euo pipefail
unit=$1 user=$2
shift 2

# All values of a setting.
values() { sed -n "s/^$1=//p" "$unit" | paste -sd' '; }
# "CAP_BPF CAP_NET_ADMIN" as setpriv has it.
exactly() { printf -- '-all'; for capability in $(values "$1"); do printf ',+%s' "${capability#CAP_}"; done | tr '[:upper:]' '[:lower:]'; }

if [ "${REALPEER_UNSHARED:-}" != yes ]; then
  REALPEER_UNSHARED=yes exec unshare --mount --propagation private "$0" "$unit" "$user" "$@"
fi
unset REALPEER_UNSHARED

# What is to be seen is held while the empty file system is laid over it.
hold=$(mktemp -d)
mount -t tmpfs tmpfs "$hold"
places=()
for place in $(values BindPaths) $(values BindReadOnlyPaths); do
  place=${place#-}
  [ -d "$place" ] || continue
  mkdir "$hold/${#places[@]}"
  mount --rbind "$place" "$hold/${#places[@]}"
  places+=("$place")
done
for empty in $(values TemporaryFileSystem); do mount -t tmpfs -o mode=0755 tmpfs "${empty%%:*}"; done
for i in "${!places[@]}"; do
  mkdir -p "${places[i]}"
  mount --rbind "$hold/$i" "${places[i]}"
done
umount -R "$hold"
rmdir "$hold"
# ProtectControlGroups=, and what BindReadOnlyPaths= leads to.
for point in $(findmnt --raw --noheadings --output TARGET --submounts /sys/fs/cgroup); do mount -o remount,bind,ro "$point"; done

umask "$(values UMask)"
privileges=(--reuid "$user" --regid "$user" --clear-groups --inh-caps "$(exactly AmbientCapabilities)"
  --ambient-caps "$(exactly AmbientCapabilities)" --bounding-set "$(exactly CapabilityBoundingSet)" --pdeathsig KILL)
[ "$(values NoNewPrivileges)" = yes ] && privileges+=(--no-new-privs)
exec setpriv "${privileges[@]}" "$@"
