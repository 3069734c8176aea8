/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Addresses as bpf/shared.h has them. */
#pragma once

#include <linux/types.h>

/* a.b.c.d in network order as ::ffff:a.b.c.d, into an address that is all zero. */
static __always_inline void map_ipv4(__u8* address, __u32 ip4) {
  address[10] = 0xff;
  address[11] = 0xff;
  __builtin_memcpy(address + 12, &ip4, sizeof(ip4));
}
