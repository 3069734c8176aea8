/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* A backend's socket takes its client's name as its handshake completes, and answers with it from then on. */
#pragma once

#include "bpf/kernel_types.h"
#include "bpf/naming_maps.h"
#include "bpf/sock_ops.h"
#include "bpf/syn.h"

/* backend's socket → its client. Written once, before the socket can be accepted; freed with the socket. Not
 * inherited (no BPF_F_CLONE): a listener has none, and a copy would be another connection's. */
struct {
  __uint(type, BPF_MAP_TYPE_SK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct realpeer_name);
} names SEC(".maps");

/* A socket that called connect() gets this event too, when both sides did at once. It has a descriptor already; one
 * that is to be accepted has none yet. */
static __always_inline int is_incoming(struct bpf_sock* socket) {
  struct tcp_sock* tcp = bpf_skc_to_tcp_sock(socket);

  return tcp && tcp->inet_conn.icsk_inet.sk.sk_socket == NULL;
}

/* Leaves the entry to its owner, with the reason. The second look says whether the copy is the entry's: see below. */
static __always_inline void refuse(const struct realpeer_syn* syn, struct realpeer_named* named, __u64 state) {
  if (bpf_map_lookup_elem(&in_flight, syn) != named) return;
  __sync_val_compare_and_swap(&named->state, state, state | REALPEER_NAME_INEXPRESSIBLE);
}

/* 192.0.0.8: "this is nobody's address" (RFC 7600, section 4.8). A backend that cannot be told who the client is
 * must not take it for the gateway: over loopback that would be a process of its own host. */
#define NOBODY bpf_htonl(0xC0000008)

static __always_inline void on_established(struct bpf_sock_ops* ops) {
  struct bpf_sock* socket = ops->sk;
  struct realpeer_syn syn = {};
  struct realpeer_named* named;
  struct realpeer_name name = {};
  __u64 state;

  if (!socket) return;
  remote_address(ops, syn.source);
  syn.source_port = remote_port(ops);
  syn.next_sequence = ops->rcv_nxt; /* data that came with the ACK is not counted yet (tcp_rcv_state_process) */
  syn.netns = netns_of(ops, syn.source);
  named = bpf_map_lookup_elem(&in_flight, &syn);
  if (!named || !is_incoming(socket)) return; /* somebody else's connection */
  state = named->state;
  if ((__u8)state != REALPEER_NAME_IN_FLIGHT) return;
  __builtin_memcpy(name.address, named->client, sizeof(name.address));
  name.port = named->client_port;
  if (ops->family == FAMILY_INET && !is_ipv4(name.address)) {
    refuse(&syn, named, state);
    __builtin_memset(name.address, 0, sizeof(name.address));
    map_ipv4(name.address, NOBODY);
    bpf_sk_storage_get(&names, socket, &name, BPF_SK_STORAGE_GET_F_CREATE);
    return;
  }
  if (!bpf_sk_storage_get(&names, socket, &name, BPF_SK_STORAGE_GET_F_CREATE)) {
    count_name(REALPEER_NAMES_NO_ROOM);
    return;
  }
  /* The kernel reuses a deleted entry's memory at once, so what was copied may be half of another's. That this side is
   * the one that deletes it says that it was there all along. */
  if (bpf_map_delete_elem(&in_flight, &syn)) {
    bpf_sk_storage_delete(&names, socket); /* closed meanwhile */
    return;
  }
  count_name(REALPEER_NAMES_DELIVERED);
}

static __always_inline struct realpeer_name* name_of(struct bpf_sock_addr* address) {
  struct bpf_sock* socket = address->sk;

  return socket ? bpf_sk_storage_get(&names, socket, NULL, 0) : NULL;
}

static __always_inline void tell_ipv4(struct bpf_sock_addr* address) {
  struct realpeer_name* name = name_of(address);

  /* A socket can become an IPv4 one later on (IPV6_ADDRFORM). */
  if (!name || !is_ipv4(name->address)) return;
  address->user_ip4 = *(__u32*)(name->address + 12);
  address->user_port = name->port;
}

static __always_inline void tell_ipv6(struct bpf_sock_addr* address) {
  struct realpeer_name* name = name_of(address);
  volatile __u32* words = address->user_ip6;
  const __u32* bytes;

  if (!name) return;
  bytes = (const __u32*)name->address;
  words[0] = bytes[0];
  words[1] = bytes[1];
  words[2] = bytes[2];
  words[3] = bytes[3];
  address->user_port = name->port;
}
