#!/usr/bin/env bash
# Installs, builds, and runs every test by CTest. Needs root: the tests make network namespaces and load BPF.
# Usage: sudo scripts/test.sh [CTEST ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" -ne 0 ]; then
  echo "scripts/test.sh needs root (network namespaces, BPF): sudo scripts/test.sh" >&2
  exit 2
fi
scripts/build.sh release
# shellcheck source=scripts/install.sh
. scripts/install.sh
install_missing iproute2 nftables procps nginx libnginx-mod-stream haproxy mariadb-server-core mariadb-client-core dovecot-imapd \
  curl openssl wireguard-go wireguard-tools openssh-server openssh-client postgresql redis-server \
  go-mmproxy python3 python3-yaml nodejs wrk iperf3 prometheus tcpdump logrotate chromium fonts-dejavu-core vagrant \
  vagrant-libvirt debootstrap dpkg-dev fakeroot file lintian man-db systemd zsh buildah crun \
  golang-github-containers-common
# Whoever has a newer kubectl keeps it.
command -v kubectl >/dev/null || install_missing kubernetes-client
ctest --test-dir build --output-on-failure --timeout 300 --parallel "$(nproc)" "$@"
