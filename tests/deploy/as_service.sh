#!/usr/bin/env bash
# Runs tests of e2e/ with every daemon started as realpeer.service would start it: see as_unit.sh.
# Usage: as_service.sh E2E_TESTS [ARGUMENT…]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
deploy=$here/../../scripts/deploy/systemd
user=61738  # nobody's

if [ "${REALPEER_UNSHARED:-}" != yes ]; then
  REALPEER_UNSHARED=yes exec unshare --mount --propagation private "$0" "$@"
fi
unset REALPEER_UNSHARED
# As systemd mounts it, and the directory as tmpfiles makes it.
mount -t bpf bpf /sys/fs/bpf -o mode=0700
grep '^d' "$deploy/realpeer.tmpfiles" | while read -r _ path mode _; do install -d -m "$mode" -o $user -g $user "$path"; done

REALPEER_START="$here/as_unit.sh $deploy/realpeer.service $user" exec "$@"
