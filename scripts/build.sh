#!/usr/bin/env bash
# Installs what is missing (Debian 12, needs root for that part only) and builds; the program is build/realpeer.
# Usage: scripts/build.sh [PRESET [TARGET...]]     PRESET: release (default), debug, asan; TARGET: everything, if none
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
targets=("${@:2}")

packages=(
  build-essential cmake ninja-build pkg-config ccache
  clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libboost-filesystem1.81-dev libgflags-dev libyaml-cpp-dev libspdlog-dev libssl-dev libpcap-dev libc-ares-dev libsystemd-dev
  libgtest-dev libgmock-dev
  nodejs python3
)
# Node.js brings its own npm where it is not Debian's.
command -v npm >/dev/null || packages+=(npm)
# shellcheck source=scripts/install.sh
. scripts/install.sh
install_missing "${packages[@]}"

cmake --preset "$preset"
cmake --build --preset "$preset" ${targets:+--target "${targets[@]}"}
