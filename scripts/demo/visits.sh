# shellcheck shell=bash disable=SC2154,SC2034  # sourced together: one room sets what another reads
# The client's side: what it fetches from and sends to the only address it knows, the edge's. To be sourced.

upload_bytes=50000000

# The certificate is checked, so the far end of the TLS session is nginx and nobody between.
fetch() {
  in_place client curl -q --noproxy '*' --silent --show-error --fail --max-time 120 \
    --cacert "$work/nginx/certificate.pem" --resolve "$host_name:443:$edge_address" "https://$host_name$1"
}

# The TCP backend stands for an SSH server: no HTTP in which anyone could name the client.
talk() {
  in_place client timeout --foreground 120 /usr/bin/python3 scripts/demo/visitor.py "$@" "$edge_address" 22
}

visit_both_backends() {
  local round
  for round in 1 2 3; do
    [ "$(fetch /)" = "hello from nginx" ] || { fail "no greeting from nginx"; return 1; }
    talk --greeting "SSH-2.0-visitor-$round" >/dev/null || { fail "no answer from the logger"; return 1; }
  done
}

download_and_compare() {
  local expected received
  expected=$(sha256sum <"$work/nginx/site/download")
  received=$(fetch /download | sha256sum)
  [ "$received" = "$expected" ] || { fail "the download arrived damaged"; return 1; }
}

upload_and_compare() {
  local expected answer
  head -c $upload_bytes /dev/urandom >"$work/upload"
  expected=$(sha256sum <"$work/upload" | cut -d' ' -f1)
  answer=$(talk --file "$work/upload")
  [ "$answer" = "$upload_bytes bytes $expected" ] || { fail "the upload arrived damaged: $answer"; return 1; }
}

# Holds a connection open until stop_holding; $held_peer is then its ADDR:PORT as the backend sees it.
hold_connection() {
  start held-connection client /usr/bin/python3 scripts/demo/visitor.py --greeting SSH-2.0-held --hold "$edge_address" 22
  wait_for 10 "the held connection to reach the backend" grep SSH-2.0-held "$work/logger-with.json"
  held_peer=$(sed -n '/SSH-2.0-held/s/.*"peer": "\([^"]*\)".*/\1/p' "$work/logger-with.json")
}

release_connection() {
  stop held-connection
}
