/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Sizes marked (resized) are set by userspace before loading. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "bpf/shared.h"

/* Which of the two generations of rules holds, 0 or 1; a packet reads it once. Userspace writes rules to the other and
 * then flips it: no packet sees lists half-written, or those of one reload together with those of another. */
__u32 generation;

struct listeners_of_generation {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1); /* each generation's own has its own size */
  __uint(key_size, sizeof(struct realpeer_bind));
  __uint(value_size, sizeof(struct realpeer_listener));
};

/* generation → (bind → listener). Userspace fills a fresh inner map and puts it here; it dies when it is taken out. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 2);
  __type(key, __u32);
  __array(values, struct listeners_of_generation);
} listeners SEC(".maps");

struct networks_of_generation {
  __uint(type, BPF_MAP_TYPE_LPM_TRIE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 1); /* as above */
  __uint(key_size, sizeof(struct realpeer_network));
  __uint(value_size, sizeof(__u8));
};

/* generation → (network in a list → 1). As `listeners`. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 2);
  __type(key, __u32);
  __array(values, struct networks_of_generation);
} networks SEC(".maps");

/* generation → the rate of every source. As `listeners`. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 2);
  __type(key, __u32);
  __type(value, struct realpeer_syn_rate);
} syn_rates SEC(".maps");

/* source → when, in CLOCK_BOOTTIME ns, its next SYN is due if it sends at its rate. Written by the program; the least
 * recently seen source gives way to a new one. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 1); /* resized */
  __type(key, struct realpeer_source);
  __type(value, __u64);
} sources SEC(".maps");

/* source → its ban. Pinned; written and deleted by userspace, whoever may. An expired one stays until userspace sweeps:
 * were it deleted here, a ban renewed at this moment would be lost. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 1); /* resized */
  __type(key, struct realpeer_source);
  __type(value, struct realpeer_ban);
} bans SEC(".maps");

/* enum realpeer_admission → packets, per CPU. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, REALPEER_ADMISSION_COUNT);
  __type(key, __u32);
  __type(value, __u64);
} counters SEC(".maps");

static __always_inline void count(__u32 admission) {
  __u64* value = bpf_map_lookup_elem(&counters, &admission);

  if (value) *value += 1;
}
