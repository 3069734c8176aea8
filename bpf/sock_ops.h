/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* What struct bpf_sock_ops says of a connection, in the form of bpf/shared.h. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bpf/address.h"

#ifndef NULL
#define NULL ((void*)0)
#endif
#ifndef FAMILY_INET
#define FAMILY_INET 2 /* AF_INET; the libc headers that have it cannot be included here */
#endif

/* Word by word: the verifier refuses the 8-byte loads from the context that a compiler would merge these into. */
static __always_inline void copy_ipv6(__u8* address, const __u32* ip6) {
  volatile const __u32* words = ip6;
  __u32 copy[4] = {words[0], words[1], words[2], words[3]};

  __builtin_memcpy(address, copy, sizeof(copy));
}

/* Context fields are network order, but for local_port (include/uapi/linux/bpf.h). Addresses go into zeroed memory. */
static __always_inline void local_address(struct bpf_sock_ops* ops, __u8* address) {
  if (ops->family == FAMILY_INET) {
    map_ipv4(address, ops->local_ip4);
  } else {
    copy_ipv6(address, ops->local_ip6);
  }
}

static __always_inline void remote_address(struct bpf_sock_ops* ops, __u8* address) {
  if (ops->family == FAMILY_INET) {
    map_ipv4(address, ops->remote_ip4);
  } else {
    copy_ipv6(address, ops->remote_ip6);
  }
}

static __always_inline __u16 local_port(struct bpf_sock_ops* ops) { return bpf_htons((__u16)ops->local_port); }

static __always_inline __u16 remote_port(struct bpf_sock_ops* ops) {
  return bpf_htons((__u16)bpf_ntohl(ops->remote_port));
}
