/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The decision on a SYN, the same for every hook. What is not understood is passed and counted: the daemon judges every
 * connection again, so admission only saves work, and never is what keeps anybody out. */
#pragma once

#include "bpf/admission_maps.h"
#include "bpf/packet.h"

#define FAMILY_INET 2 /* AF_INET and AF_INET6; the libc headers that have them cannot be included here */
#define FAMILY_INET6 10
#define READ_ONCE(x) (*(volatile typeof(x)*)&(x))

#define NOT_OURS REALPEER_ADMISSION_COUNT /* passed, and not counted */
#define RATE_ATTEMPTS 16

/* What the hook knows of a packet. */
struct arrival {
  void* context;
  __u32 interface;
};

/* The listener a SYN would reach: the most specific one, as the stack chooses; whether its address is a wildcard goes
 * to `wildcard`. */
static __always_inline struct realpeer_listener* find_listener(void* map, const struct syn* syn, int* wildcard) {
  struct realpeer_bind bind = {.port = syn->destination_port};
  struct realpeer_listener* listener;

  __builtin_memcpy(bind.address, syn->destination, sizeof(bind.address));
  *wildcard = 0;
  listener = bpf_map_lookup_elem(map, &bind);
  if (listener) return listener;
  *wildcard = 1;
  if (syn->family == 4) {
    __builtin_memset(bind.address + 12, 0, 4); /* ::ffff:0.0.0.0 */
    listener = bpf_map_lookup_elem(map, &bind);
    if (listener) return listener;
  }
  __builtin_memset(bind.address, 0, sizeof(bind.address));
  return bpf_map_lookup_elem(map, &bind);
}

/* Whether the stack would deliver it here. A host that forwards sees SYNs to other hosts too, and a wildcard listener
 * must not judge those. Where the interface does not forward, what comes in is for this host or for nobody. */
static __always_inline int is_local(const struct arrival* arrival, const struct syn* syn) {
  struct bpf_fib_lookup route = {
      .l4_protocol = IPPROTO_TCP,
      .sport = syn->source_port,
      .dport = syn->destination_port,
      .ifindex = arrival->interface,
  };
  long result;

  if (syn->family == 4) {
    route.family = FAMILY_INET;
    __builtin_memcpy(&route.ipv4_src, syn->source + 12, sizeof(route.ipv4_src));
    __builtin_memcpy(&route.ipv4_dst, syn->destination + 12, sizeof(route.ipv4_dst));
  } else {
    route.family = FAMILY_INET6;
    __builtin_memcpy(route.ipv6_src, syn->source, sizeof(route.ipv6_src));
    __builtin_memcpy(route.ipv6_dst, syn->destination, sizeof(route.ipv6_dst));
  }
  result = bpf_fib_lookup(arrival->context, &route, sizeof(route), 0);
  return result < 0 || result == BPF_FIB_LKUP_RET_NOT_FWDED || result == BPF_FIB_LKUP_RET_FWD_DISABLED;
}

static __always_inline int is_banned(const struct realpeer_source* source) {
  struct realpeer_ban* ban = bpf_map_lookup_elem(&bans, source);

  return ban && bpf_ktime_get_boot_ns() < ban->expires;
}

static __always_inline int is_in_list(void* map, __u32 list, const struct syn* syn) {
  struct realpeer_network network = {.prefix_length = 8 * (sizeof(network) - 4), .list = list, .family = syn->family};

  __builtin_memcpy(network.address, syn->source, sizeof(network.address));
  return bpf_map_lookup_elem(map, &network) != NULL;
}

/* GCRA: the state of a source is one number, the time its next SYN is due; a SYN that is not early by more than the
 * tolerance moves it by an interval. One number can be compared and exchanged, hence the count is exact on any number
 * of CPUs without a lock. (A token bucket has two, and would need one; a bucket per CPU would give a source as many
 * times its rate as there are queues its SYNs are spread over.) */
static __always_inline enum realpeer_admission measure(const struct realpeer_syn_rate* rate,
                                                       const struct realpeer_source* source) {
  __u64 now = bpf_ktime_get_boot_ns();
  __u64 first = now + rate->interval;

  for (int i = 0; i < RATE_ATTEMPTS; ++i) {
    __u64* due = bpf_map_lookup_elem(&sources, source);
    __u64 seen, next;

    if (!due) {
      if (!bpf_map_update_elem(&sources, source, &first, BPF_NOEXIST)) return REALPEER_ADMITTED;
      continue; /* another CPU was first, or there is no room */
    }
    seen = READ_ONCE(*due);
    if (seen > now + rate->tolerance) return REALPEER_SYN_RATE;
    next = (seen > now ? seen : now) + rate->interval;
    if (__sync_val_compare_and_swap(due, seen, next) == seen) return REALPEER_ADMITTED;
  }
  return REALPEER_UNMEASURED;
}

static __always_inline struct realpeer_source source_of(const struct syn* syn) {
  struct realpeer_source source = {};

  __builtin_memcpy(source.address, syn->source, 8);
  if (syn->family == 4) __builtin_memcpy(source.address + 8, syn->source + 8, 8);
  return source;
}

static __always_inline enum realpeer_admission judge(const struct arrival* arrival, const struct syn* syn) {
  __u32 holds = READ_ONCE(generation);
  void* listening = bpf_map_lookup_elem(&listeners, &holds);
  void* lists = bpf_map_lookup_elem(&networks, &holds);
  struct realpeer_syn_rate* rate = bpf_map_lookup_elem(&syn_rates, &holds);
  struct realpeer_listener* listener;
  struct realpeer_source source;
  int wildcard;

  if (!listening || !lists || !rate) return REALPEER_NO_RULES;
  listener = find_listener(listening, syn, &wildcard);
  if (!listener) return NOT_OURS;
  if (wildcard && !is_local(arrival, syn)) return REALPEER_NOT_LOCAL;
  source = source_of(syn);
  if (is_in_list(lists, REALPEER_DENIED_LIST, syn)) return REALPEER_DENIED;
  /* A trusted gateway's SYNs are those of all its clients. Before the bans, which are of whole subnets: a neighbour of
   * the gateway must not have it banned. */
  if (listener->list != 0 && is_in_list(lists, listener->list, syn)) return REALPEER_ADMITTED;
  if (is_banned(&source)) return REALPEER_BANNED;
  /* Its header would be refused anyway, after a handshake. */
  if (listener->flags & REALPEER_LISTENER_DROPS_UNTRUSTED) return REALPEER_UNTRUSTED;
  return rate->interval == 0 ? REALPEER_ADMITTED : measure(rate, &source);
}

/* What to make of a reading; counts it. */
static __always_inline enum realpeer_admission admit(enum reading reading, const struct arrival* arrival,
                                                     const struct syn* syn) {
  enum realpeer_admission admission = NOT_OURS;

  switch (reading) {
    case READ_OTHER: return NOT_OURS;
    case READ_SYN: admission = judge(arrival, syn); break;
    case READ_FRAGMENT: admission = REALPEER_FRAGMENT; break;
    case READ_TRUNCATED: admission = REALPEER_TRUNCATED; break;
    case READ_MALFORMED: admission = REALPEER_MALFORMED; break;
    case READ_TOO_DEEP: admission = REALPEER_TOO_DEEP; break;
  }
  if (admission != NOT_OURS) count(admission);
  return admission;
}

static __always_inline int is_drop(enum realpeer_admission admission) {
  return admission >= REALPEER_FIRST_DROP && admission < REALPEER_ADMISSION_COUNT;
}
