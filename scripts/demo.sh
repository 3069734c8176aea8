#!/usr/bin/env bash
# Runs the worked example for real, on this one machine: a client, an edge, a WireGuard tunnel, an overlay peer that
# masquerades, production, and five backends, each place in a network namespace of its own. First the ports are merely
# forwarded, then realpeer carries them; at the end stands what every hop saw. Cleans up after itself.
# Usage: sudo scripts/demo.sh [--no-build]     --no-build: takes build/realpeer as it is
# Exit status: 0 if every backend saw the client and the kernel spliced at least half of the bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/install.sh
. scripts/install.sh
# shellcheck source=scripts/demo/processes.sh
. scripts/demo/processes.sh
# shellcheck source=scripts/demo/network.sh
. scripts/demo/network.sh
# shellcheck source=scripts/demo/wireguard.sh
. scripts/demo/wireguard.sh
# shellcheck source=scripts/demo/backends.sh
. scripts/demo/backends.sh
# shellcheck source=scripts/demo/unaware.sh
. scripts/demo/unaware.sh
# shellcheck source=scripts/demo/web.sh
. scripts/demo/web.sh
# shellcheck source=scripts/demo/visits.sh
. scripts/demo/visits.sh
# shellcheck source=scripts/demo/realpeer.sh
. scripts/demo/realpeer.sh

main() {
  prepare "$@"

  step "Building the road: client, edge, tunnel, overlay peer, production, backends"
  make_network
  make_tunnel
  masquerade_at_overlay
  start_backends
  start_unaware_backends
  watch_sources

  step "Without realpeer: edge and production forward the ports in the kernel"
  forward_ports
  visit_both_backends
  visit_unaware_backends without
  visit_web without
  write_sources without
  stop_forwarding_ports

  step "With realpeer: the same visits to the same address"
  start_production
  start_edge
  visit_both_backends
  visit_unaware_backends with
  visit_web with
  hold_connection
  ask_whois
  release_connection
  step "With realpeer: asking each hop of a connection what it knows, once where one hop forgets the header"
  trace_chain
  step "With realpeer: $((download_bytes / 1000000)) MB down through nginx, $((upload_bytes / 1000000)) MB up to the logger, hashes compared"
  download_and_compare
  upload_and_compare
  write_sources with
  stop_realpeers

  reported=yes
  /usr/bin/python3 scripts/demo/report.py "$work" "$client_address" "$held_peer"
}

prepare() {
  local build=yes
  case "$#:${1:-}" in
    0:) ;;
    1:--no-build) build=no ;;
    *) echo "usage: sudo scripts/demo.sh [--no-build]" >&2; exit 2 ;;
  esac
  if [ "$(id -u)" -ne 0 ]; then
    echo "scripts/demo.sh needs root (network namespaces, BPF): sudo scripts/demo.sh" >&2
    exit 2
  fi
  PATH=$PATH:/usr/sbin:/sbin  # su keeps a user's PATH
  umask 022
  exec 9>/run/lock/rpdemo
  flock --wait 5 9 || { echo "another scripts/demo.sh is running" >&2; exit 2; }

  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  remove_everything  # of an earlier run that was killed

  install_missing iproute2 nftables procps nginx curl openssl wireguard-go wireguard-tools python3 \
    openssh-server openssh-client postgresql
  [ "$build" = no ] || scripts/build.sh
  [ -x "$realpeer" ] || { fail "there is no $realpeer; scripts/build.sh builds it"; exit 2; }
  work=$(mktemp -d /tmp/rpdemo.XXXXXX)  # configurations, keys, logs, what the hops saw
}

clean_up() {
  local status=$?
  trap '' INT TERM HUP  # this part runs to its end
  set +e
  case "$status" in
    0) ;;
    130 | 143) fail "interrupted, cleaning up" ;;
    *) if [ -n "${work:-}" ] && [ -z "${reported:-}" ]; then show_logs; fi ;;
  esac
  remove_everything
  rm -f /run/lock/rpdemo
  exit "$status"
}

remove_everything() {
  end_processes
  remove_realpeers
  remove_network
  remove_tunnel
  rm -rf /tmp/rpdemo.??????
}

step() { printf '  · %s\n' "$1"; }
fail() { printf 'demo: %s\n' "$1" >&2; }

main "$@"
