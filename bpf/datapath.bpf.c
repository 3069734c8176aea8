/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Programs of the sockmap data path and of the client map: the table of contents. */
#include "bpf/identity.h"
#include "bpf/splice.h"

/* Every segment received on a socket in `sockets`, with that socket locked. */
SEC("sk_skb/stream_verdict")
int splice_verdict(struct __sk_buff* skb) { return splice(skb); }

/* TCP events of the sockets of the daemon's cgroup. */
SEC("sockops")
int record_client(struct bpf_sock_ops* ops) {
  switch (ops->op) {
    case BPF_SOCK_OPS_TCP_CONNECT_CB: on_connect(ops); break;
    case BPF_SOCK_OPS_STATE_CB:
      if (ops->args[1] == BPF_TCP_CLOSE) on_close(ops);
      break;
    default: break;
  }
  return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
