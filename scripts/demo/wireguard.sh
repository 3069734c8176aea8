# shellcheck shell=bash disable=SC2154,SC2034  # sourced together: one room sets what another reads
# A real WireGuard tunnel between edge and overlay peer, in userspace, so that it needs nothing of the kernel but tun.
# To be sourced.

# Different names in different namespaces: the control sockets in /var/run/wireguard know no namespaces.
wireguard_edge=rpdemo-wg-edge
wireguard_overlay=rpdemo-wg-peer
edge_tunnel_address=100.64.0.1
overlay_tunnel_address=100.64.0.2
wireguard_port=51820

make_tunnel() {
  if [ ! -e /dev/net/tun ]; then
    mkdir -p /dev/net
    mknod -m 600 /dev/net/tun c 10 200
  fi
  local edge_key overlay_key
  edge_key=$(make_key edge)
  overlay_key=$(make_key overlay)

  start_wireguard edge $wireguard_edge $edge_tunnel_address/30
  start_wireguard overlay $wireguard_overlay $overlay_tunnel_address/30
  in_place overlay wg set $wireguard_overlay listen-port $wireguard_port private-key "$work/overlay.key" \
    peer "$edge_key" allowed-ips $edge_tunnel_address/32
  in_place edge wg set $wireguard_edge private-key "$work/edge.key" \
    peer "$overlay_key" endpoint "$overlay_public_address:$wireguard_port" persistent-keepalive 5 \
    allowed-ips "$overlay_tunnel_address/32,10.100.0.0/16"
  in_place edge ip route add 10.100.0.0/16 dev $wireguard_edge

  wait_for 20 "the WireGuard handshake" has_handshake
}

# make_key PLACE: writes the private key, prints the public one.
make_key() {
  (umask 077 && wg genkey >"$work/$1.key")
  wg pubkey <"$work/$1.key"
}

# start_wireguard PLACE INTERFACE ADDRESS/LENGTH
start_wireguard() {
  start "wireguard-$1" "$1" env WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wireguard-go -f "$2"
  wait_for 10 "$2 to appear" in_place "$1" wg show "$2"
  in_place "$1" ip address add "$3" dev "$2"
  in_place "$1" ip link set "$2" mtu 1420 up
}

has_handshake() {
  in_place edge wg show $wireguard_edge latest-handshakes | grep -qv '[[:space:]]0$'
}

remove_tunnel() {
  rm -f /var/run/wireguard/$wireguard_edge.sock /var/run/wireguard/$wireguard_overlay.sock
}
