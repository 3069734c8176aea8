/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Finds the TCP SYN in a packet: bytes in, a reading out. It touches no map, and judges nothing.
 *
 * What is no SYN is told apart in as few steps as the headers allow; addresses are copied only for a SYN. */
#pragma once

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bpf/address.h"

#ifndef NULL
#define NULL ((void*)0)
#endif

#define VLAN_TAGS 2         /* 802.1ad around 802.1Q */
#define EXTENSION_HEADERS 8 /* RFC 8200 section 4.1 names six, of which destination options may come twice */

enum reading {
  READ_SYN,
  READ_OTHER, /* whatever it is, no SYN */
  READ_FRAGMENT,
  READ_TRUNCATED,
  READ_MALFORMED,
  READ_TOO_DEEP,
};

/* The bytes not read yet. */
struct cursor {
  void* at;
  void* end;
};

/* Addresses as in realpeer_connection; ports in network order. */
struct syn {
  __u8 source[16];
  __u8 destination[16];
  __u16 source_port;
  __u16 destination_port;
  __u32 family; /* 4 or 6 */
};

/* IEEE 802.1Q: what follows the addresses and the type 0x8100 or 0x88a8. */
struct vlan_tag {
  __u16 control;
  __u16 protocol;
};

/* RFC 8200 section 4.3 to 4.6, and RFC 4302: the first bytes of any extension header, with the fragment's fields. */
struct extension {
  __u8 next;
  __u8 length;
  __u16 offset_and_more;
  __u32 rest;
};

/* The next `size` bytes, which it moves behind; NULL where so many are not there. */
static __always_inline void* take(struct cursor* cursor, __u64 size) {
  void* at = cursor->at;

  if (at + size > cursor->end) return NULL;
  cursor->at = at + size;
  return at;
}

static __always_inline int is_vlan(__u16 protocol) {
  return protocol == bpf_htons(ETH_P_8021Q) || protocol == bpf_htons(ETH_P_8021AD);
}

/* The type behind the tags goes to `protocol`. READ_SYN: so far it may be one. */
static __always_inline enum reading read_ethernet(struct cursor* cursor, __u16* protocol) {
  struct ethhdr* ethernet = take(cursor, sizeof(*ethernet));

  if (!ethernet) return READ_TRUNCATED;
  *protocol = ethernet->h_proto;
#pragma unroll
  for (int i = 0; i < VLAN_TAGS; ++i) {
    struct vlan_tag* tag;

    if (!is_vlan(*protocol)) return READ_SYN;
    tag = take(cursor, sizeof(*tag));
    if (!tag) return READ_TRUNCATED;
    *protocol = tag->protocol;
  }
  return is_vlan(*protocol) ? READ_TOO_DEEP : READ_SYN;
}

static __always_inline enum reading read_tcp(struct cursor* cursor, struct syn* syn) {
  struct tcphdr* tcp = take(cursor, sizeof(*tcp));

  if (!tcp) return READ_TRUNCATED;
  if (!tcp->syn || tcp->ack) return READ_OTHER;
  syn->source_port = tcp->source;
  syn->destination_port = tcp->dest;
  return READ_SYN;
}

static __always_inline enum reading read_ipv4(struct cursor* cursor, struct syn* syn) {
  struct iphdr* ip = take(cursor, sizeof(*ip));
  enum reading reading;

  if (!ip) return READ_TRUNCATED;
  if (ip->protocol != IPPROTO_TCP) return READ_OTHER;
  if (ip->version != 4 || ip->ihl < 5) return READ_MALFORMED;
  if (ip->frag_off & bpf_htons(0x3fff)) return READ_FRAGMENT; /* RFC 791: more fragments, or an offset */
  if (!take(cursor, (ip->ihl - 5) * 4)) return READ_TRUNCATED;
  reading = read_tcp(cursor, syn);
  if (reading != READ_SYN) return reading;
  syn->family = 4;
  map_ipv4(syn->source, ip->saddr);
  map_ipv4(syn->destination, ip->daddr);
  return READ_SYN;
}

#define EXTENSION_BIT(type) (1ULL << (type))

/* One test of a set: comparisons with each type would be so many paths for the verifier to walk, per header. */
static __always_inline int is_extension(__u8 next) {
  const __u64 types = EXTENSION_BIT(IPPROTO_HOPOPTS) | EXTENSION_BIT(IPPROTO_ROUTING) | EXTENSION_BIT(IPPROTO_DSTOPTS) |
                      EXTENSION_BIT(IPPROTO_FRAGMENT) | EXTENSION_BIT(IPPROTO_AH);

  return next < 64 && (types >> next & 1);
}

/* 1 or 0 for bytes, without a branch, for the same reason. */
static __always_inline __u64 equal(__u64 a, __u64 b) {
  __u64 difference = a ^ b;

  asm volatile("" : "+r"(difference)); /* lest the compiler make it a branch again */
  return (difference - 1) >> 63;
}

/* Steps over the extension header of type `*next`, and says in `*next` what follows it. */
static __always_inline enum reading read_extension(struct cursor* cursor, __u8* next) {
  struct extension* header = take(cursor, sizeof(*header)); /* the least length of any of them */
  __u32 type = *next;
  __u64 more;

  if (!header) return READ_TRUNCATED;
  *next = header->next;
  /* A fragment that is all of its packet is read on, as the stack does (RFC 6946). */
  if (type == IPPROTO_FRAGMENT && (header->offset_and_more & bpf_htons(0xfff9))) {
    return *next == IPPROTO_TCP || is_extension(*next) ? READ_FRAGMENT : READ_OTHER;
  }
  /* In units of 8 bytes, the first not counted; AH in units of 4, the first two not counted (RFC 4302 section 2.2). The
   * fragment header has no length. */
  more = header->length * 8ULL >> equal(type, IPPROTO_AH);
  more *= 1 - equal(type, IPPROTO_FRAGMENT);
  asm volatile("%0 &= 0x7ff" : "+r"(more)); /* no more than it is; the compiler knows, the verifier would not */
  return take(cursor, more) ? READ_SYN : READ_TRUNCATED;
}

static __always_inline enum reading read_ipv6(struct cursor* cursor, struct syn* syn) {
  struct ipv6hdr* ip = take(cursor, sizeof(*ip));
  enum reading reading;
  __u8 next;

  if (!ip) return READ_TRUNCATED;
  next = ip->nexthdr;
  for (int i = 0; i < EXTENSION_HEADERS && is_extension(next); ++i) {
    reading = read_extension(cursor, &next);
    if (reading != READ_SYN) return reading;
  }
  if (is_extension(next)) return READ_TOO_DEEP;
  if (next != IPPROTO_TCP) return READ_OTHER;
  if (ip->version != 6) return READ_MALFORMED;
  reading = read_tcp(cursor, syn);
  if (reading != READ_SYN) return reading;
  syn->family = 6;
  __builtin_memcpy(syn->source, &ip->saddr, sizeof(syn->source));
  __builtin_memcpy(syn->destination, &ip->daddr, sizeof(syn->destination));
  return READ_SYN;
}

/* From the network header on; `protocol` is its EtherType in network order, and `syn` is all zero. */
static __always_inline enum reading read_network(struct cursor* cursor, __u16 protocol, struct syn* syn) {
  if (protocol == bpf_htons(ETH_P_IP)) return read_ipv4(cursor, syn);
  if (protocol == bpf_htons(ETH_P_IPV6)) return read_ipv6(cursor, syn);
  return READ_OTHER;
}

/* From the Ethernet header on. */
static __always_inline enum reading read_frame(struct cursor* cursor, struct syn* syn) {
  __u16 protocol;
  enum reading reading = read_ethernet(cursor, &protocol);

  return reading == READ_SYN ? read_network(cursor, protocol, syn) : reading;
}
