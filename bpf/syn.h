/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The part of struct realpeer_syn that both ends have to work out alike. */
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

static __always_inline int is_ipv4(const __u8* address) {
  const __u32* words = (const __u32*)address;

  return words[0] == 0 && words[1] == 0 && words[2] == bpf_htonl(0xffff);
}

static __always_inline int is_loopback(const __u8* address) {
  const __u32* words = (const __u32*)address;

  if (is_ipv4(address)) return address[12] == 127;
  return words[0] == 0 && words[1] == 0 && words[2] == 0 && words[3] == bpf_htonl(1);
}

/* Every namespace has the same loopback addresses, and Linux's sequence numbers for equal connections differ only by
 * when they begin, to 64 ns. Without the namespace the SYNs of two could be alike. */
static __always_inline __u64 netns_of(struct bpf_sock_ops* ops, const __u8* source) {
  return is_loopback(source) ? bpf_get_netns_cookie(ops) : 0;
}
