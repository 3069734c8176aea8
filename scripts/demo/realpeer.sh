# shellcheck shell=bash disable=SC2154,SC2034  # sourced together: one room sets what another reads
# The two realpeers: the edge, which emits the header, and production, which demands it and emits it again. To be sourced.

realpeer=build/realpeer
forgetful_port=2022  # of a listener whose backend is told nothing: a mistake, made to be found

start_edge() {
  cat >"$work/edge.yaml" <<YAML
node: rpdemo-edge
listeners:
  - name: https
    bind: "$edge_address:443"
    accept_proxy: off
    route: { sni: { "*.example.com": production-https, $web_name: production-web }, default: reject }
  - { name: ssh, bind: "$edge_address:22", accept_proxy: off, route: { backend: production-ssh } }
  - { name: openssh, bind: "$edge_address:$openssh_port", accept_proxy: off, route: { backend: production-openssh } }
  - { name: postgres, bind: "$edge_address:$postgres_port", accept_proxy: off, route: { backend: production-postgres } }
  - { name: forgetful, bind: "$edge_address:$forgetful_port", accept_proxy: off, route: { backend: production-untold } }
backends:
  production-https: { endpoints: ["$production_address:443"], identity: proxy-v2, send_tlvs: [authority, unique_id] }
  production-web: { endpoints: ["$production_address:$web_port"], identity: proxy-v2, send_tlvs: [authority, unique_id] }
  production-ssh: { endpoints: ["$production_address:22"], identity: proxy-v2 }
  production-openssh: { endpoints: ["$production_address:$openssh_port"], identity: proxy-v2 }
  production-postgres: { endpoints: ["$production_address:$postgres_port"], identity: proxy-v2 }
  production-untold: { endpoints: ["$production_address:22"], identity: none }
timeouts: { drain: 5s }
log: { access: "$work/edge-access.json" }
admin: { bind: "unix:$work/edge.sock" }
YAML
  start_realpeer edge "$edge_address:443"
}

# Trusts the overlay peer alone, whose address everything that came through the tunnel wears.
start_production() {
  cat >"$work/production.yaml" <<YAML
node: rpdemo-production
listeners:
  - name: https
    bind: "$production_address:443"
    accept_proxy: strict
    trusted_cidrs: [$overlay_lan_address/32]
    route: { backend: nginx }
  - name: web
    bind: "$production_address:$web_port"
    accept_proxy: strict
    trusted_cidrs: [$overlay_lan_address/32]
    tls: { certificate: wildcard.pem, key: wildcard.key }
    route: { http: [ { host: $web_name, path: /, backend: web } ], default: reject }
  - name: ssh
    bind: "$production_address:22"
    accept_proxy: strict
    trusted_cidrs: [$overlay_lan_address/32]
    route: { backend: logger }
  - name: openssh
    bind: "$production_address:$openssh_port"
    accept_proxy: strict
    trusted_cidrs: [$overlay_lan_address/32]
    route: { backend: openssh }
  - name: postgres
    bind: "$production_address:$postgres_port"
    accept_proxy: strict
    trusted_cidrs: [$overlay_lan_address/32]
    route: { backend: postgres }
backends:
  nginx: { endpoints: ["$nginx_address:8443"], identity: proxy-v2, profile: nginx }
  web: { endpoints: ["$nginx_address:8080"], identity: xff }
  logger: { endpoints: ["$logger_address:2222"], identity: proxy-v2 }
  openssh: { endpoints: ["$unaware_address:22"], identity: peername }
  postgres: { endpoints: ["$unaware_address:5432"], identity: peername }
timeouts: { drain: 5s }
log: { access: "$work/production-access.json" }
admin: { bind: "unix:$work/production.sock" }
YAML
  start_realpeer production "$production_address:443"
}

# start_realpeer PLACE ADDRESS:PORT
start_realpeer() {
  start_listening "realpeer-$1" "$1" "$2" "$realpeer" run --config "$work/$1.yaml"
}

# Ended, they have written a line of their access log for every connection.
stop_realpeers() {
  stop realpeer-edge
  stop realpeer-production
}

# What a realpeer could not take away itself, because it was killed: its pinned map and its cgroup.
remove_realpeers() {
  rm -rf /sys/fs/bpf/realpeer/rpdemo-edge /sys/fs/bpf/realpeer/rpdemo-production
  findmnt --noheadings --types cgroup2 --output TARGET | while read -r cgroups; do
    find "$cgroups" -depth -type d -name 'realpeer-rpdemo-*' -exec rmdir {} \;
  done
}

# Who is behind the connection that a backend sees, asked while it is open.
ask_whois() {
  timeout 10 "$realpeer" whois "$held_peer" >"$work/whois" 2>&1 || { fail "whois: $(cat "$work/whois")"; return 1; }
}

# Whether the address arrives at each hop; and which hop is said to lose it where one forgets the header.
trace_chain() {
  trace_to 22 >"$work/trace" 2>&1 || { fail "trace: $(cat "$work/trace")"; return 1; }
  if trace_to "$forgetful_port" --timeout 1s >"$work/trace-forgetful" 2>&1; then
    fail "trace found no fault where there is one"
    return 1
  fi
}

# trace_to PORT [FLAG...]
trace_to() {
  in_place client timeout 20 "$realpeer" trace "$edge_address:$1" --hop "edge=unix:$work/edge.sock" \
    --hop "production=unix:$work/production.sock" "${@:2}"
}
