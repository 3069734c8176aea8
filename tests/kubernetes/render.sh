#!/usr/bin/env bash
# kubectl kustomize FOLDER, by whichever kubectl is installed. Debian 12's is 1.20, which takes folders as `bases`
# only, a word that later ones warn of: it is given a copy that says so.
# Usage: render.sh FOLDER     KUBECTL: another kubectl than the first of PATH
set -euo pipefail
kubectl=${KUBECTL:-kubectl}
folder=$(realpath "$1")
if ! "$kubectl" kustomize "$folder" 2>/dev/null; then
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  cp -r "$folder/../.." "$copy/kubernetes"
  for file in "$copy"/kubernetes/overlays/*/kustomization.yaml; do
    sed -i -e 's|^resources: \[../../base\]$|bases: [../../base]|' \
      -e '/^resources:$/{N;s|^resources:\n  - ../../base$|bases: [../../base]\nresources:|}' "$file"
  done
  "$kubectl" kustomize "$copy/kubernetes/overlays/$(basename "$folder")"
fi
