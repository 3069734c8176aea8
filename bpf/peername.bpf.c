/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The backends' side of `identity: peername`: the table of contents. */
#include "bpf/peername.h"

/* TCP events of the sockets of every backend: a few for each connection, none for each packet. */
SEC("sockops")
int take_name(struct bpf_sock_ops* ops) {
  if (ops->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB) on_established(ops);
  return 1;
}

/* accept() and getpeername() of a socket made for IPv4, with the address already filled in. */
SEC("cgroup/getpeername4")
int tell_name_ipv4(struct bpf_sock_addr* address) {
  tell_ipv4(address);
  return 1;
}

/* The same of a socket made for IPv6. */
SEC("cgroup/getpeername6")
int tell_name_ipv6(struct bpf_sock_addr* address) {
  tell_ipv6(address);
  return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
