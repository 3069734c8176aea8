#!/usr/bin/env bash
# Follows docs/getting-started-benchmark.md to the letter, with runs of one second, and looks at what it printed.
# Usage: sudo tests/getting_started/benchmark.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

# What the page starts inherits this, wherever it goes.
mark=REALPEER_FOLLOWS=benchmark-$$
still_running() { grep -lzsx "$mark" /proc/[0-9]*/environ | cut -d/ -f3 || true; }

# Where the page ends half-way: its processes, its places, its folder.
clean_up() {
  local status=$? place
  set +e
  still_running | xargs -r kill -KILL
  for place in client gateway server; do
    [ ! -e "/run/netns/rpbench-$place" ] || ip netns delete "rpbench-$place"
  done
  rm -rf "${here:-}" /tmp/rpbench.??????
  exit "$status"
}
trap clean_up EXIT
trap 'exit 143' INT TERM HUP

fail() { printf 'benchmark page: %s\n' "$1" >&2; exit 1; }

here=$(mktemp -d /tmp/rpbench-test.XXXXXX)
tests/getting_started/blocks.py docs/getting-started-benchmark.md >"$here/page.sh"
env "$mark" seconds=1 bash -euo pipefail "$here/page.sh" </dev/null >"$here/said" || { cat "$here/said"; fail "a block failed"; }
cat "$here/said"

for path in routed realpeer-relay realpeer-sockmap haproxy haproxy-splice; do
  for run in "up    1" "up    4" "down  1" "down  4"; do
    grep -Eq "^$path +$run +[0-9]+\.[0-9]+ Gbit/s +[0-9.]+ busy +[0-9.]+ s/GB$" "$here/said" || fail "no line of $path, $run"
  done
done
grep -Eq '^ +[0-9]+ "path":"relay"$' "$here/said" || fail "the relay's log has no connection"
grep -Eq '^ +[0-9]+ "path":"sockmap"$' "$here/said" || fail "the kernel path's log has no connection"
grep -Eq '^sockmap: [1-9][0-9.]*% of' "$here/said" || fail "the kernel spliced nothing"
[ -z "$(still_running)" ] || fail "the page leaves processes behind: $(still_running | xargs ps -o args= -p)"
[ -z "$(compgen -G '/run/netns/rpbench-*')$(compgen -G '/tmp/rpbench.*')" ] || fail "the page leaves places or files behind"
