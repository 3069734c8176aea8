#!/usr/bin/env bash
# Follows docs/getting-started-kubernetes.md to the letter, but for what needs a cluster, and looks at what it made. The
# pod of these manifests is run by tests/kubernetes.
# Usage: sudo tests/getting_started/kubernetes.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

here=$(mktemp -d /tmp/rpkube-test.XXXXXX)
trap 'rm -rf "$here"' EXIT
fail() { printf 'kubernetes page: %s\n' "$1" >&2; exit 1; }

# Whichever kubectl there is renders the folders.
mkdir "$here/bin"
KUBECTL=$(command -v kubectl) || fail "kubectl is not installed"
export KUBECTL
cat >"$here/bin/kubectl" <<END
#!/bin/sh
[ "\$1" = kustomize ] && exec "$PWD/tests/kubernetes/render.sh" "\$2"
exec "\$KUBECTL" "\$@"
END
chmod +x "$here/bin/kubectl"

tests/getting_started/blocks.py docs/getting-started-kubernetes.md >"$here/page.sh"
env HOME="$here" PATH="$here/bin:$PATH" bash -euo pipefail "$here/page.sh" </dev/null >"$here/said" 2>&1 ||
  { cat "$here/said"; fail "a block failed"; }
cat "$here/said"

site=$here/realpeer-site/overlays/production
grep -q 'realpeer.yaml: ok: 3 listeners, 3 backends, 0 warnings' "$here/said" || fail "the configuration is not well"
[ -s build/image/realpeer.tar ] || fail "there is no image"
tests/kubernetes/render.sh scripts/deploy/kubernetes/overlays/production | cmp - "$site/rendered.yaml" ||
  fail "the copy renders otherwise than the original"
[ "$(grep -c '^kind: Secret$' "$site/secrets.yaml")" -eq 2 ] || fail "there are not two secrets"
token=$(sed -n 's/^  token: //p' "$site/secrets.yaml")
[ "$(base64 -d <<<"$token")" = "$(cat "$site/admin/token")" ] || fail "the secret is not the token"
