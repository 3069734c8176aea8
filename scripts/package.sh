#!/usr/bin/env bash
# Builds the Debian package: build/realpeer_VERSION_ARCHITECTURE.deb
# Usage: scripts/package.sh
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/install.sh
. scripts/install.sh
install_missing dpkg-dev fakeroot file man-db
[ -f build/build.ninja ] || scripts/build.sh release
cmake --build build --target package_files
rm -f build/realpeer_*.deb  # of other versions
(cd build && cpack -G DEB >cpack.log) || { cat build/cpack.log >&2; exit 1; }
ls "$PWD"/build/realpeer_*.deb
