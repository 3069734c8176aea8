# shellcheck shell=bash disable=SC2154,SC2034  # sourced together: one room sets what another reads
# The places of the worked example, each a network namespace "rpdemo-PLACE", and the wires between them. To be sourced.

places=(client internet edge overlay production backends)

client_address=203.0.113.42
edge_address=198.51.100.1
overlay_public_address=192.0.2.2
overlay_lan_address=10.100.0.9  # what the masquerade makes of everybody
production_address=10.100.0.10
production_pod_address=10.100.3.1
logger_address=10.100.3.7
nginx_address=10.100.3.8
unaware_address=10.100.3.9  # OpenSSH and PostgreSQL

make_network() {
  local place
  for place in "${places[@]}"; do
    ip netns add "rpdemo-$place"
    in_place "$place" ip link set lo up
  done

  wire client     wan  $client_address/24          internet   client  203.0.113.1/24
  wire edge       wan  $edge_address/24            internet   edge    198.51.100.254/24
  wire overlay    wan  $overlay_public_address/24  internet   overlay 192.0.2.254/24
  wire overlay    lan  $overlay_lan_address/24     production lan     $production_address/24
  wire production pods $production_pod_address/24  backends   pods    $logger_address/24
  in_place backends ip address add $nginx_address/24 dev pods
  in_place backends ip address add $unaware_address/24 dev pods

  in_place client   ip route add default via 203.0.113.1
  in_place edge     ip route add default via 198.51.100.254
  in_place overlay  ip route add default via 192.0.2.254
  in_place backends ip route add default via $production_pod_address
  forward_packets internet on
}

# wire PLACE INTERFACE ADDRESS/LENGTH PLACE INTERFACE ADDRESS/LENGTH
wire() {
  ip -n "rpdemo-$1" link add "$2" type veth peer name "$5" netns "rpdemo-$4"
  in_place "$1" ip address add "$3" dev "$2"
  in_place "$4" ip address add "$6" dev "$5"
  in_place "$1" ip link set "$2" up
  in_place "$4" ip link set "$5" up
}

forward_packets() {
  in_place "$1" sysctl -qw "net.ipv4.ip_forward=$([ "$2" = on ] && echo 1 || echo 0)"
}

# The overlay peer is a gateway: what leaves the tunnel for production's network leaves with the peer's own address.
masquerade_at_overlay() {
  forward_packets overlay on
  in_place overlay nft -f - <<'NFT'
table ip rpdemo_gateway {
  chain leaving {
    type nat hook postrouting priority srcnat;
    oifname "lan" masquerade
  }
}
NFT
}

# --- the same road without realpeer: edge and production forward the ports in the kernel ---

forward_ports() {
  # The edge has to masquerade into the tunnel as well, or the answers would leave the overlay peer by its own uplink.
  in_place edge nft -f - <<NFT
table ip rpdemo_forward {
  chain arriving {
    type nat hook prerouting priority dstnat;
    ip daddr $edge_address tcp dport { 22, 443, $openssh_port, $postgres_port } dnat to $production_address
  }
  chain leaving {
    type nat hook postrouting priority srcnat;
    oifname "$wireguard_edge" masquerade
  }
  chain forwarding {
    type filter hook forward priority mangle;
    tcp flags syn tcp option maxseg size set rt mtu
  }
}
NFT
  in_place production nft -f - <<NFT
table ip rpdemo_forward {
  chain arriving {
    type nat hook prerouting priority dstnat;
    ip daddr $production_address tcp dport 22 dnat to $logger_address:22
    ip daddr $production_address tcp dport 443 dnat to $nginx_address:443
    ip daddr $production_address tcp dport $openssh_port dnat to $unaware_address:22
    ip daddr $production_address tcp dport $postgres_port dnat to $unaware_address:5432
  }
}
NFT
  forward_packets edge on
  forward_packets production on
}

stop_forwarding_ports() {
  local place
  for place in edge production; do
    forward_packets "$place" off
    in_place "$place" nft delete table ip rpdemo_forward
  done
}

# --- what the kernel of each hop sees: the sources of the connections that arrive ---

watch_sources() {
  local place
  for place in edge overlay production; do
    in_place "$place" nft -f - <<'NFT'
table ip rpdemo_watch {
  set sources { type ipv4_addr; size 64; flags dynamic; }
  chain arriving {
    type filter hook prerouting priority raw;
    iifname != "lo" tcp flags & (syn|ack) == syn update @sources { ip saddr }
  }
}
NFT
  done
}

# write_sources RUN: into $work/sources-RUN-PLACE.json, and begins anew.
write_sources() {
  local place
  for place in edge overlay production; do
    in_place "$place" nft -j list set ip rpdemo_watch sources >"$work/sources-$1-$place.json"
    in_place "$place" nft flush set ip rpdemo_watch sources
  done
}

remove_network() {
  local place
  for place in "${places[@]}"; do
    [ ! -e "/run/netns/rpdemo-$place" ] || ip netns delete "rpdemo-$place"
  done
}
