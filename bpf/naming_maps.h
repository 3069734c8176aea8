/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Maps that the two sides of `identity: peername` share: record_client (datapath.bpf.c) on the gateway's side, and
 * peername.bpf.c on the backends'. Sizes marked (resized) are set by userspace before loading. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "bpf/shared.h"

/* SYN → the client to name. Written before the SYN leaves; taken by the backend's socket as its handshake completes, or
 * by the connecting socket as it reaches TCP_CLOSE. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 1); /* resized */
  __type(key, struct realpeer_syn);
  __type(value, struct realpeer_named);
} in_flight SEC(".maps");

/* enum realpeer_naming_count → connections, per CPU. Userspace reads. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, REALPEER_NAMES_COUNT);
  __type(key, __u32);
  __type(value, __u64);
} namings SEC(".maps");

static __always_inline void count_name(__u32 what) {
  __u64* value = bpf_map_lookup_elem(&namings, &what);

  if (value) *value += 1;
}
