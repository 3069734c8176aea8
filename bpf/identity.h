/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Moves a client from `pending` to `clients` before the SYN to the backend leaves, and deletes it at the end. */
#pragma once

#include "bpf/maps.h"

#include <bpf/bpf_endian.h>

#include "bpf/address.h"

#define FAMILY_INET 2 /* AF_INET; the libc headers that have it cannot be included here */

/* Word by word: the verifier refuses the 8-byte loads from the context that a compiler would merge these into. */
static __always_inline void copy_ipv6(__u8* address, const __u32* ip6) {
  volatile const __u32* words = ip6;
  __u32 copy[4] = {words[0], words[1], words[2], words[3]};

  __builtin_memcpy(address, copy, sizeof(copy));
}

/* Context fields are network order, but for local_port (include/uapi/linux/bpf.h, struct bpf_sock_ops). */
static __always_inline void connection_of(struct bpf_sock_ops* ops, struct realpeer_connection* connection) {
  if (ops->family == FAMILY_INET) {
    map_ipv4(connection->source, ops->local_ip4);
    map_ipv4(connection->destination, ops->remote_ip4);
  } else {
    copy_ipv6(connection->source, ops->local_ip6);
    copy_ipv6(connection->destination, ops->remote_ip6);
  }
  connection->source_port = bpf_htons((__u16)ops->local_port);
  connection->destination_port = bpf_htons((__u16)bpf_ntohl(ops->remote_port));
}

static __always_inline void on_connect(struct bpf_sock_ops* ops) {
  struct realpeer_connection connection = {};
  __u64 cookie = bpf_get_socket_cookie(ops);
  struct realpeer_client* client = bpf_map_lookup_elem(&pending, &cookie);

  if (!client) return; /* some other socket of this cgroup */
  connection_of(ops, &connection);
  if (bpf_map_update_elem(&clients, &connection, client, BPF_ANY)) {
    count(STAT_CLIENTS_FULL);
  } else {
    /* Asks for on_close(). */
    bpf_sock_ops_cb_flags_set(ops, ops->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
  }
  bpf_map_delete_elem(&pending, &cookie);
}

/* Only sockets that on_connect() flagged come here. */
static __always_inline void on_close(struct bpf_sock_ops* ops) {
  struct realpeer_connection connection = {};

  connection_of(ops, &connection);
  bpf_map_delete_elem(&clients, &connection);
}
