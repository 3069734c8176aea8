/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Sizes marked (resized) are set by userspace before loading, from limits.connections. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "bpf/shared.h"

/* socket cookie → socket. Userspace inserts both sockets of a connection; the kernel removes each at its close. */
struct {
  __uint(type, BPF_MAP_TYPE_SOCKHASH);
  __uint(max_entries, 2); /* resized */
  __type(key, __u64);
  __type(value, __u64);
} sockets SEC(".maps");

/* cookie of a source socket → its route. Userspace writes it before the socket enters `sockets` and deletes it
 * after both sockets are closed, when no verdict can run on them any more. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 2); /* resized */
  __type(key, __u64);
  __type(value, struct realpeer_route);
} routes SEC(".maps");

/* index → state of a direction; 2 × slot is client to backend, + 1 the way back. Mapped by userspace, which hands
 * a slot to the next connection only after both sockets of the last one are closed. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 2); /* resized */
  __type(key, __u32);
  __type(value, struct realpeer_direction);
} directions SEC(".maps");

struct event_ring {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 256 * 1024);
};

/* worker → its ring buffer. Written by the verdict, read by that worker. A full ring loses nothing: userspace
 * also looks at every direction now and then. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 1); /* resized */
  __type(key, __u32);
  __array(values, struct event_ring);
} events SEC(".maps");

/* cookie of a socket about to connect to a backend → its client. Userspace writes it before connect(); the
 * program takes it away as the SYN leaves, userspace if none ever did. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 1); /* resized */
  __type(key, __u64);
  __type(value, struct realpeer_client);
} pending SEC(".maps");

/* connection to a backend → its client. Pinned, for anyone who may read it. Written before the SYN leaves, deleted
 * when the proxy's socket reaches TCP_CLOSE. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 1); /* resized */
  __type(key, struct realpeer_connection);
  __type(value, struct realpeer_client);
} clients SEC(".maps");

/* Counters of what should not happen; each line says what the program did instead. */
enum statistic {
  STAT_UNROUTED,        /* a socket without a route: passed, userspace is not told */
  STAT_NO_TARGET,       /* the target was not (yet, or any more) in `sockets`: passed */
  STAT_REDIRECT_FAILED, /* the redirect was refused: passed */
  STAT_RING_FULL,       /* no room for an event: userspace finds out at its next look */
  STAT_TRIMMED,         /* a segment that began before the next byte: what was read already was cut off */
  STAT_UNTRIMMED,       /* the same, but cutting failed: dropped, and the connection is reset */
  STAT_CLIENTS_FULL,    /* no room in `clients`: this connection has no entry */
  STAT_COUNT,
};

/* enum statistic → count, per CPU. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, STAT_COUNT);
  __type(key, __u32);
  __type(value, __u64);
} statistics SEC(".maps");

static __always_inline void count(__u32 statistic) {
  __u64* value = bpf_map_lookup_elem(&statistics, &statistic);

  if (value) *value += 1;
}
