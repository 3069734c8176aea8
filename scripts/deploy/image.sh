#!/usr/bin/env bash
# Builds the container image without a registry: from a root file system that debootstrap makes of Debian's packages, and
# from the program that scripts/build.sh has made on Debian 12. Needs root.
# Usage: sudo scripts/deploy/image.sh     Leaves build/image/realpeer.tar, an OCI archive of localhost/realpeer:VERSION,
# and does nothing where that is newer than the program and the recipe.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/deploy/image_storage.sh
. scripts/deploy/image_storage.sh
base=localhost/debian:bookworm

recipe=(build/realpeer CMakeLists.txt scripts/deploy/Dockerfile scripts/deploy/image.sh)

main() {
  [ -x build/realpeer ] || { echo "there is no build/realpeer; scripts/build.sh release realpeer makes it" >&2; exit 1; }
  if [ -z "$(find "${recipe[@]}" -newer "$image/realpeer.tar" 2>&1)" ]; then
    echo "$image/realpeer.tar: $name, as it is"
    return
  fi
  # shellcheck source=scripts/install.sh
  . scripts/install.sh
  install_missing debootstrap buildah
  mkdir -p "$image"
  strip -o "$image/realpeer" build/realpeer
  store images --quiet "$base" >/dev/null 2>&1 || make_base
  store bud --quiet --isolation chroot --file scripts/deploy/Dockerfile \
    --build-arg "BASE=$base" --build-arg PROGRAM=prebuilt --tag "$name" . >/dev/null
  store rm --all >/dev/null  # its stages
  remove_unnamed
  rm -f "$image/realpeer.tar"
  store push --quiet "$name" "oci-archive:$image/realpeer.tar:$name"
  echo "$image/realpeer.tar: $name"
}

# Images of stages, and what earlier runs built.
remove_unnamed() {
  local unnamed
  unnamed=$(store images --quiet --filter dangling=true)
  # shellcheck disable=SC2086  # one word each
  [ -z "$unnamed" ] || store rmi --force $unnamed >/dev/null
}

# The mirrors are this machine's own, by apt.
make_base() {
  local root=$image/base mirror container
  rm -rf "$root"
  # shellcheck disable=SC2016  # apt's own variables
  mirror=$(apt_lists '$(REPO_URI) $(RELEASE)' | awk '$2 == "bookworm" { print $1; exit }')
  [ -n "$mirror" ] || { echo "apt knows no mirror of bookworm here" >&2; exit 1; }
  debootstrap --variant=minbase bookworm "$root" "$mirror" >"$image/debootstrap.log"
  # shellcheck disable=SC2016
  apt_lists 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' | sort --unique >"$root/etc/apt/sources.list"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,info,locale}
  mkdir -p "$root/var/lib/apt/lists/partial"
  container=$(store from scratch)
  store add --quiet "$container" "$root" / >/dev/null
  store commit --quiet --rm "$container" "$base" >/dev/null
  rm -rf "$root"
}

# What apt is configured to look at, in this form: apt-get(8), indextargets.
apt_lists() { apt-get indextargets --format "$1" 'Created-By: Packages'; }

main
