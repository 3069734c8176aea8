#!/usr/bin/env bash
# Makes, once, a Debian root file system for tests that install the package: root.sh FOLDER
# FOLDER/root is never run in: tests take copies, or lay an overlay over it. From the mirror that this machine's apt uses.
set -euo pipefail
folder=$1
# What it is made of; it is made anew when this list changes. Dependencies of the package are fetched and not installed,
# so that installing it is what installs them.
installed=systemd,systemd-sysv,apt-utils,ca-certificates,curl,iproute2,logrotate,nftables,openssl,procps,nginx-light,man-db
fetched=(libboost-filesystem1.81.0 libboost-json1.81.0 libboost-url1.81.0 libbpf1 libgflags2.2 libyaml-cpp0.7 libspdlog1.10
  libc-ares2 libpcap0.8 libssl3 libelf1)
wanted="$installed ${fetched[*]}"
[ "$(cat "$folder/made-of" 2>/dev/null)" = "$wanted" ] && exit 0

release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016  # apt's own placeholders
mirror=$(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
  awk -v release="$release" '$1 == "Debian" && $2 == release && $3 == "main" { print $4; exit }')
[ -n "$mirror" ] || { echo "no Debian mirror of $release in this machine's apt sources" >&2; exit 1; }

rm -rf "$folder"
mkdir -p "$folder"
debootstrap --variant=minbase --include="$installed" "$release" "$folder/root" "$mirror" >"$folder/log" 2>&1 ||
  { tail -20 "$folder/log" >&2; exit 1; }
in_root() { chroot "$folder/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
cp /etc/resolv.conf "$folder/root/etc/resolv.conf"
in_root apt-get update -qq >>"$folder/log" 2>&1
# Kept, so that a test needs no network.
echo 'Binary::apt::APT::Keep-Downloaded-Packages "true"; APT::Install-Recommends "false";' > "$folder/root/etc/apt/apt.conf.d/90keep"
in_root apt-get install -qq --download-only "${fetched[@]}" >>"$folder/log" 2>&1
echo "$wanted" > "$folder/made-of"
