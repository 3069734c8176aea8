/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Programs that judge SYNs before a socket exists: the table of contents. */
#include <linux/pkt_cls.h>

#include "bpf/admission.h"

/* Bytes that are made linear for a SYN whose headers are not; what reaches further is truncated. */
#define LINEAR_HEADERS 512

static __always_inline struct cursor bytes_of(struct __sk_buff* skb) {
  return (struct cursor){.at = (void*)(long)skb->data, .end = (void*)(long)skb->data_end};
}

/* Whether a reading that found the packet truncated is worth another: pages behind the linear part may hold the rest.
 * Pointers into the packet are void afterwards. */
static __always_inline int more_was_pulled(struct __sk_buff* skb) {
  __u32 linear = (__u32)((long)skb->data_end - (long)skb->data);
  __u32 wanted = skb->len < LINEAR_HEADERS ? skb->len : LINEAR_HEADERS;

  return linear < wanted && bpf_skb_pull_data(skb, wanted) == 0;
}

/* TC_ACT_UNSPEC and not TC_ACT_OK: programs that come after this one have their say. */
static __always_inline int tc_verdict(struct __sk_buff* skb, enum reading reading, const struct syn* syn) {
  struct arrival arrival = {.context = skb, .interface = skb->ifindex};

  return is_drop(admit(reading, &arrival, syn)) ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

/* Every frame an Ethernet device receives, before the stack has a buffer for it. Aware of frames in many buffers, which
 * drivers ask for at a large MTU; only the first is looked at. */
SEC("xdp.frags")
int admit_xdp(struct xdp_md* frame) {
  struct cursor cursor = {.at = (void*)(long)frame->data, .end = (void*)(long)frame->data_end};
  struct arrival arrival = {.context = frame, .interface = frame->ingress_ifindex};
  struct syn syn = {};
  enum reading reading = read_frame(&cursor, &syn);

  return is_drop(admit(reading, &arrival, &syn)) ? XDP_DROP : XDP_PASS;
}

/* Every packet an Ethernet device hands to the stack. Its outer VLAN tag is in the buffer's metadata by then, and the
 * frame reads as if there were none (net/core/dev.c, __netif_receive_skb_core). */
SEC("tc")
int admit_tc(struct __sk_buff* skb) {
  struct cursor cursor = bytes_of(skb);
  struct syn syn = {};
  enum reading reading = read_frame(&cursor, &syn);

  if (reading == READ_TRUNCATED && more_was_pulled(skb)) {
    cursor = bytes_of(skb);
    reading = read_frame(&cursor, &syn);
  }
  return tc_verdict(skb, reading, &syn);
}

/* The same for a device without Ethernet header, such as WireGuard's: the packet begins with its IP header. A program
 * of its own, since the bytes do not tell, and a sender chooses them. */
SEC("tc")
int admit_tc_l3(struct __sk_buff* skb) {
  struct cursor cursor = bytes_of(skb);
  struct syn syn = {};
  __u16 protocol = (__u16)skb->protocol;
  enum reading reading = read_network(&cursor, protocol, &syn);

  if (reading == READ_TRUNCATED && more_was_pulled(skb)) {
    cursor = bytes_of(skb);
    reading = read_network(&cursor, protocol, &syn);
  }
  return tc_verdict(skb, reading, &syn);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
