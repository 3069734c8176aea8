#!/usr/bin/env bash
# The image by scripts/deploy/image.sh, and what the tests read of it: INTO/image/rootfs, its configuration in
# INTO/image/config.json. Beside them the manifests as kubectl renders them, INTO/edge.yaml and INTO/production.yaml.
# Usage: prepare.sh INTO
set -euo pipefail
into=$(realpath "$1")
cd "$(dirname "$0")/../.."
mkdir -p "$into"
for overlay in edge production; do
  tests/kubernetes/render.sh "scripts/deploy/kubernetes/overlays/$overlay" >"$into/$overlay.yaml"
done
scripts/deploy/image.sh
# shellcheck source=scripts/deploy/image_storage.sh
. scripts/deploy/image_storage.sh
[ "$image/realpeer.tar" -nt "$into/image/config.json" ] || exit 0
rm -rf "$into/image"
mkdir -p "$into/image/rootfs"
container=$(store from --quiet "$name")
cp -a "$(store mount "$container")/." "$into/image/rootfs"
store rm "$container" >/dev/null
store inspect --type image "$name" |
  /usr/bin/python3 -c 'import json, sys; json.dump(json.load(sys.stdin)["OCIv1"]["config"], sys.stdout)' \
    >"$into/image/config.json.new"
mv "$into/image/config.json.new" "$into/image/config.json"
