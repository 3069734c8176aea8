/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The few kernel structs the programs read, relocated at load time (CO-RE), so that a build needs no BTF. */
#pragma once

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* include/net/sock.h */
struct sock {
  int sk_wmem_queued; /* bytes of memory in the send queue, truesize */
  int sk_sndbuf;
  struct socket* sk_socket; /* what a descriptor refers to; NULL until the connection is accepted */
};

/* include/net/inet_sock.h */
struct inet_sock {
  struct sock sk;
};

/* include/net/inet_connection_sock.h */
struct inet_connection_sock {
  struct inet_sock icsk_inet;
};

/* include/linux/tcp.h */
struct tcp_sock {
  struct inet_connection_sock inet_conn;
  __u32 copied_seq; /* first byte of the stream not yet read */
  __u32 write_seq;  /* tail + 1 of data held in the send queue */
};

/* include/net/tcp.h: what sk_buff.cb holds while TCP owns the buffer. */
struct tcp_skb_cb {
  __u32 seq;
};

/* include/linux/skmsg.h: what __sk_buff.cb means to the verdict. */
struct sk_skb_cb {
  unsigned char data[20];
};

#pragma clang attribute pop
