/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Moves a client from `pending` to `clients` before the SYN to the backend leaves, and deletes it at the end. */
#pragma once

#include "bpf/maps.h"
#include "bpf/naming.h"
#include "bpf/sock_ops.h"

static __always_inline void connection_of(struct bpf_sock_ops* ops, struct realpeer_connection* connection) {
  local_address(ops, connection->source);
  remote_address(ops, connection->destination);
  connection->source_port = local_port(ops);
  connection->destination_port = remote_port(ops);
}

static __always_inline void on_connect(struct bpf_sock_ops* ops) {
  struct realpeer_connection connection = {};
  __u64 cookie = bpf_get_socket_cookie(ops);
  struct realpeer_client* client = bpf_map_lookup_elem(&pending, &cookie);

  if (!client) return; /* some other socket of this cgroup */
  /* Asks for on_close(). */
  bpf_sock_ops_cb_flags_set(ops, ops->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
  connection_of(ops, &connection);
  if (bpf_map_update_elem(&clients, &connection, client, BPF_ANY)) count(STAT_CLIENTS_FULL);
  if (client->by_peername) send_name(ops, cookie, client);
  bpf_map_delete_elem(&pending, &cookie);
}

/* Only sockets that on_connect() flagged come here. */
static __always_inline void on_close(struct bpf_sock_ops* ops) {
  struct realpeer_connection connection = {};

  connection_of(ops, &connection);
  bpf_map_delete_elem(&clients, &connection);
  settle_name(ops);
}
