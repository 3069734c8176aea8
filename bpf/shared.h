/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The contract between the BPF programs and userspace: included by both, one declaration per struct.
 * Fixed width, explicit padding, asserted layout; byte order is stated per field. */
#ifndef REALPEER_BPF_SHARED_H
#define REALPEER_BPF_SHARED_H

#include <linux/types.h>

#ifdef __cplusplus
#define REALPEER_STATIC_ASSERT static_assert
#else
#define REALPEER_STATIC_ASSERT _Static_assert
#endif

/* Bumped whenever a struct of a pinned map changes. */
#define REALPEER_LAYOUT_VERSION 1

/* Where a believed client came from. */
enum realpeer_client_source {
  REALPEER_SOURCE_PEER = 0,     /* the TCP peer itself */
  REALPEER_SOURCE_LOCAL = 1,    /* a header that names nobody (LOCAL, UNKNOWN, UNSPEC, AF_UNIX): the peer */
  REALPEER_SOURCE_PROXY_V1 = 2, /* a PROXY protocol v1 header */
  REALPEER_SOURCE_PROXY_V2 = 3, /* a PROXY protocol v2 header */
};

/* Key of `clients`: the connection to the backend, as the backend sees it (source = this proxy's socket).
 * Addresses are IPv6 in network order, IPv4 as ::ffff:a.b.c.d; ports in network order. */
struct realpeer_connection {
  __u8 source[16];
  __u8 destination[16];
  __u16 source_port;
  __u16 destination_port;
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_connection) == 36, "layout of realpeer_connection");

/* Value of `clients` and `pending`: whom the proxy believes it serves. Addresses and ports as in the key. */
struct realpeer_client {
  __u8 client[16]; /* the believed client */
  __u8 peer[16];   /* who opened the TCP connection to the proxy */
  __u16 client_port;
  __u16 peer_port;
  __u8 source;  /* enum realpeer_client_source */
  __u8 trusted; /* 1: the peer was allowed to speak for others */
  __u8 pad[2];
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_client) == 40, "layout of realpeer_client");

/* Value of `routes`: where the bytes of one spliced socket go. Host order. */
struct realpeer_route {
  __u64 target; /* cookie of the socket to write to: a key of `sockets`, never reused by the kernel */
  __u32 index;  /* of this direction in `directions` */
  __u32 worker; /* whose ring buffer in `events` hears of a brake */
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_route) == 16, "layout of realpeer_route");

/* Why a direction cannot go on. */
enum realpeer_broken {
  REALPEER_WHOLE = 0,
  REALPEER_UNKNOWN_LAYOUT = 1, /* the kernel keeps sequence numbers elsewhere */
  REALPEER_NO_SOCKET = 2,      /* a segment without its socket */
  REALPEER_GAP = 3,            /* a segment that does not continue the stream */
  REALPEER_UNCUT = 4,          /* a segment whose known part could not be cut off: no memory */
};

/* One direction of a spliced connection, shared by mmap: a cache line. Byte counts since engagement.
 * The verdict redirects only while passed == forwarded; so order never depends on timing. */
struct realpeer_direction {
  __u64 redirected; /* verdict writes: bytes sent to the target by the kernel */
  __u64 passed;     /* verdict writes: bytes left to userspace */
  __u64 forwarded;  /* userspace writes: how many of `passed` it has written to the target */
  __u64 brakes;     /* verdict writes: how often it changed from redirecting to passing */
  __u32 base_seq;   /* verdict writes: the target's write_seq that corresponds to 0 bytes */
  __u32 base_known; /* verdict writes: base_seq is set */
  __u32 next_seq;   /* verdict writes: sequence number of the source's next byte */
  __u32 next_known; /* verdict writes: next_seq is set */
  __u32 notified;   /* verdict sets, userspace clears: an event is under way */
  __u32 hold;       /* userspace writes: 1 = pass everything */
  __u32 broken;  /* verdict writes: enum realpeer_broken of a segment it had to drop; userspace resets the connection */
  __u32 surplus; /* verdict writes, with `broken`: next_seq - the segment's sequence number */
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_direction) == 64, "layout of realpeer_direction");

/* Record of the `events` ring buffers: this direction passes bytes that wait for userspace. */
struct realpeer_event {
  __u32 index;
  __u32 pad;
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_event) == 8, "layout of realpeer_event");

#endif
