/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The splice verdict: redirect what the target can take, pass the rest. docs/architecture.md has the protocol. */
#pragma once

#include "bpf/maps.h"

#include <bpf/bpf_core_read.h>

#include "bpf/kernel_types.h"

#ifndef NULL
#define NULL ((void*)0)
#endif
#define READ_ONCE(x) (*(volatile typeof(x)*)&(x))

/* Bytes a direction may queue between the sockets, beyond their own buffers; set by userspace before loading. */
const volatile __u64 splice_credit = 1 << 20;

/* Whether `length` more bytes fit the target's send buffer, with what already waits in front of it.
 *
 * A redirect gives the sender its window back at once, and the queue before the target has no bound of its own:
 * this is the bound (I2). It also keeps that queue short-lived, which the other direction needs: bytes passed on
 * the target's socket queue behind bytes redirected to it (net/core/skmsg.c, sk_psock_verdict_apply). */
static __always_inline int target_takes(struct realpeer_direction* direction, struct tcp_sock* target, __u32 length) {
  __u32 sent = (__u32)(direction->redirected + READ_ONCE(direction->forwarded));
  __u32 write_seq = target->write_seq;
  int send_buffer = target->inet_conn.icsk_inet.sk.sk_sndbuf;
  int send_queue = target->inet_conn.icsk_inet.sk.sk_wmem_queued;
  __u32 backlog;

  if (!direction->base_known) {
    /* Nothing was redirected yet, and passed == forwarded: all that was sent has been written. */
    direction->base_seq = write_seq - sent;
    direction->base_known = 1;
  }
  backlog = sent - (write_seq - direction->base_seq);
  if (backlog > splice_credit) return 0;
  return (__s64)send_queue + backlog + length <= send_buffer;
}

static __always_inline int may_redirect(struct realpeer_route* route, struct realpeer_direction* direction,
                                        __u32 length) {
  struct bpf_sock* target;
  struct tcp_sock* tcp;
  int fits;

  /* Bytes passed earlier are not all written yet: redirecting now would overtake them (I1). */
  if (direction->passed != READ_ONCE(direction->forwarded) || READ_ONCE(direction->hold)) return 0;
  target = bpf_map_lookup_elem(&sockets, &route->target);
  if (!target) {
    count(STAT_NO_TARGET);
    return 0;
  }
  tcp = bpf_skc_to_tcp_sock(target);
  fits = tcp && target_takes(direction, tcp, length);
  bpf_sk_release(target);
  return fits;
}

/* Tells userspace that this direction needs it; once, until it says that it has heard. */
static __always_inline void notify(struct realpeer_route* route, struct realpeer_direction* direction) {
  struct realpeer_event event = {.index = route->index};
  void* ring;

  if (READ_ONCE(direction->notified)) return;
  ring = bpf_map_lookup_elem(&events, &route->worker);
  if (!ring || bpf_ringbuf_output(ring, &event, sizeof(event), 0)) {
    count(STAT_RING_FULL);
    return;
  }
  direction->notified = 1;
}

/* Leaves the bytes in the source socket, whose window closes as they pile up. */
static __always_inline int pass(struct realpeer_route* route, struct realpeer_direction* direction, __u32 length) {
  /* A full barrier, but only as its result is used (BPF_FETCH): userspace clears `notified` and then looks at `passed`;
   * here it is the other way round. It also lets nobody see `passed` before the `redirected` that came earlier. */
  __u64 before = __sync_fetch_and_add(&direction->passed, length);

  if (before == READ_ONCE(direction->forwarded)) direction->brakes += 1;
  notify(route, direction);
  return SK_PASS;
}

struct cutting {
  struct __sk_buff* skb;
  __u32 surplus; /* bytes still to be cut off */
};

/* One turn of bpf_loop(): the helper cuts at most 4095 bytes, from the linear part (net/core/filter.c,
 * sk_skb_adjust_room). Segments that wait in a queue are joined, the known ones with the new, to up to 17 fragments of
 * 64 KiB: some 300 turns. */
static long cut_some(__u32 turn __attribute__((unused)), void* context) {
  struct cutting* cutting = context;
  __u32 cut = cutting->surplus < 4095 ? cutting->surplus : 4095;

  if (cut == 0) return 1;
  if (bpf_skb_pull_data(cutting->skb, cut) || bpf_skb_adjust_room(cutting->skb, -(__s32)cut, 0, 0)) return 1;
  cutting->surplus -= cut;
  return 0;
}

/* Cuts off what was read already of a segment that begins before the source's next byte; enum realpeer_broken.
 *
 * TCP queues such segments as they come: one that userspace had read in part when the socket entered the map, or a
 * retransmission packed differently, of which the first part had arrived. A reader skips by copied_seq what it has,
 * but the verdict is given whole segments (net/ipv4/tcp.c, tcp_read_skb), and would send those bytes twice (I1). */
static __always_inline __u32 trim(struct __sk_buff* skb, struct realpeer_direction* direction) {
  __u32 seq = skb->cb[0]; /* tcp_skb_cb.seq: same place, see layout_is_known() */
  struct cutting cut = {.skb = skb};
  __u32 length = skb->len;
  __u32 surplus;

  if (!direction->next_known) {
    struct bpf_sock* source = skb->sk;
    struct tcp_sock* tcp = source ? bpf_skc_to_tcp_sock(source) : NULL;

    if (!tcp) return REALPEER_NO_SOCKET;
    direction->next_seq = tcp->copied_seq;
    direction->next_known = 1;
  }
  surplus = direction->next_seq - seq;
  if (surplus == 0) return REALPEER_WHOLE;
  count(STAT_TRIMMED);
  direction->surplus = surplus;
  if (surplus > length) return REALPEER_GAP; /* a gap, or a segment nothing of which is new: TCP queues neither */
  cut.surplus = surplus;
  bpf_loop(512, cut_some, &cut, 0);
  return cut.surplus == 0 ? REALPEER_WHOLE : REALPEER_UNCUT;
}

/* Whether __sk_buff.cb[0] is the segment's sequence number on this kernel. */
static __always_inline int layout_is_known(void) {
  return bpf_core_field_offset(struct tcp_skb_cb, seq) == 0 && bpf_core_field_offset(struct sk_skb_cb, data) == 0;
}

static __always_inline int splice(struct __sk_buff* skb) {
  __u64 cookie = bpf_get_socket_cookie(skb);
  struct realpeer_direction* direction;
  struct realpeer_route* route;
  __u32 length, broken;

  /* A bare FIN, whose effect on the socket is done already (tcp_fin); userspace learns of it by EPOLLRDHUP. Redirected,
   * or passed behind bytes that wait to leave by this socket, the queue's worker would move 0 bytes, which it takes
   * for an error: it sets EPIPE and stops for good (net/core/skmsg.c, sk_psock_backlog). */
  if (skb->len == 0) return SK_DROP;
  route = bpf_map_lookup_elem(&routes, &cookie);
  direction = route ? bpf_map_lookup_elem(&directions, &route->index) : NULL;
  if (!route || !direction) {
    count(STAT_UNROUTED);
    return SK_PASS;
  }
  if (direction->broken) return SK_DROP; /* the first reason is the one to tell */
  broken = layout_is_known() ? trim(skb, direction) : REALPEER_UNKNOWN_LAYOUT;
  if (broken) {
    count(STAT_UNTRIMMED);
    direction->broken = broken;
    notify(route, direction);
    return SK_DROP;
  }
  length = skb->len;
  if (length == 0) return SK_DROP;
  direction->next_seq += length;
  if (!may_redirect(route, direction, length)) return pass(route, direction, length);
  if (bpf_sk_redirect_hash(skb, &sockets, &route->target, 0) != SK_PASS) {
    count(STAT_REDIRECT_FAILED);
    return pass(route, direction, length);
  }
  direction->redirected += length;
  return SK_PASS;
}
