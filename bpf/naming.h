/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The gateway's side of `identity: peername`: the client's name travels beside the SYN. docs/identity.md has it all. */
#pragma once

#include <linux/errno.h>

#include "bpf/kernel_types.h"
#include "bpf/naming_maps.h"
#include "bpf/sock_ops.h"
#include "bpf/syn.h"

/* connecting socket → its attempt. Made with the entry of `in_flight`, freed with the socket; userspace reads it by
 * descriptor, also after the connection has ended. */
struct {
  __uint(type, BPF_MAP_TYPE_SK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct realpeer_attempt);
} attempts SEC(".maps");

/* Two sockets in different network namespaces can have SYNs alike. Which of them a backend's socket belongs to cannot
 * be told, so the one that is there already is given to nobody either. */
static __always_inline void make_ambiguous(const struct realpeer_syn* syn) {
  struct realpeer_named* other = bpf_map_lookup_elem(&in_flight, syn);
  __u64 state;

  if (!other) return; /* its own backend took it meanwhile: no SYN but its own has left yet */
  state = other->state;
  if ((__u8)state != REALPEER_NAME_IN_FLIGHT) return;
  __sync_val_compare_and_swap(&other->state, state, state | REALPEER_NAME_AMBIGUOUS);
}

/* At TCP_CONNECT_CB. The SYN will bear write_seq; the context's snd_nxt is not set yet. */
static __always_inline void send_name(struct bpf_sock_ops* ops, __u64 cookie, const struct realpeer_client* client) {
  struct realpeer_named named = {.state = REALPEER_NAMING_STATE(cookie, REALPEER_NAME_IN_FLIGHT),
                                 .client_port = client->client_port};
  struct realpeer_attempt fresh = {};
  struct realpeer_attempt* attempt;
  struct bpf_sock* socket = ops->sk;
  struct tcp_sock* tcp = socket ? bpf_skc_to_tcp_sock(socket) : NULL;
  long failed;

  if (!tcp) return; /* the socket knows of no attempt, which userspace takes for undelivered */
  count_name(REALPEER_NAMES_ASKED);
  local_address(ops, fresh.syn.source);
  fresh.syn.source_port = local_port(ops);
  fresh.syn.next_sequence = tcp->write_seq + 1;
  fresh.syn.netns = netns_of(ops, fresh.syn.source);
  attempt = bpf_sk_storage_get(&attempts, socket, &fresh, BPF_SK_STORAGE_GET_F_CREATE);
  if (!attempt) {
    count_name(REALPEER_NAMES_NO_ROOM);
    count_name(REALPEER_NAMES_UNDELIVERED);
    return;
  }
  *attempt = fresh; /* there may have been one: a socket can connect again after it failed */
  __builtin_memcpy(named.client, client->client, sizeof(named.client));
  failed = bpf_map_update_elem(&in_flight, &fresh.syn, &named, BPF_NOEXIST);
  if (!failed) return;
  bpf_sk_storage_delete(&attempts, socket);
  count_name(REALPEER_NAMES_UNDELIVERED);
  if (failed == -EEXIST) {
    make_ambiguous(&fresh.syn);
    count_name(REALPEER_NAMES_AMBIGUOUS);
  } else {
    count_name(REALPEER_NAMES_NO_ROOM);
  }
}

/* At TCP_CLOSE: what nobody came for dies, and the socket remembers the outcome. */
static __always_inline void settle_name(struct bpf_sock_ops* ops) {
  struct bpf_sock* socket = ops->sk;
  struct realpeer_attempt* attempt = socket ? bpf_sk_storage_get(&attempts, socket, NULL, 0) : NULL;
  struct realpeer_named* named;
  struct realpeer_syn syn;
  __u32 outcome = REALPEER_NAME_DELIVERED;

  if (!attempt || attempt->outcome != REALPEER_NAME_IN_FLIGHT) return;
  /* Whoever finds no entry takes it for delivered, unless it finds this. */
  __sync_lock_test_and_set(&attempt->outcome, REALPEER_NAME_CLOSING);
  syn = attempt->syn;
  named = bpf_map_lookup_elem(&in_flight, &syn);
  if (named && named->state >> 8 == bpf_get_socket_cookie(ops)) {
    __u8 state = (__u8)named->state;

    /* Only one of the two sides can delete it. */
    if (!bpf_map_delete_elem(&in_flight, &syn)) {
      outcome = state == REALPEER_NAME_IN_FLIGHT ? REALPEER_NAME_UNCLAIMED : state;
      count_name(REALPEER_NAMES_UNDELIVERED);
      if (outcome == REALPEER_NAME_INEXPRESSIBLE) count_name(REALPEER_NAMES_INEXPRESSIBLE);
      if (outcome == REALPEER_NAME_AMBIGUOUS) count_name(REALPEER_NAMES_AMBIGUOUS);
    }
  }
  attempt->outcome = outcome;
}
