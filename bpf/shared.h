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
  REALPEER_SOURCE_XFF = 4,      /* X-Forwarded-For of a trusted forwarder; of requests, never in a map */
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
  __u8 source;      /* enum realpeer_client_source */
  __u8 trusted;     /* 1: the peer was allowed to speak for others */
  __u8 by_peername; /* 1: the backend's accept() and getpeername() are to name the client (docs/identity.md) */
  __u8 pad;
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_client) == 40, "layout of realpeer_client");

/* Key of `in_flight`: what both ends of a connection know of its SYN. The destination is left out, since DNAT may
 * change it on the way. The address as in realpeer_connection; the port in network order, the rest in host order. */
struct realpeer_syn {
  __u8 source[16];
  __u64 netns;         /* of a loopback address, which never leaves it: cookie of its network namespace; else 0 */
  __u32 next_sequence; /* the initial sequence number + 1: the other side's rcv_nxt */
  __u16 source_port;
  __u16 pad;
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_syn) == 32, "layout of realpeer_syn");

/* What became of a client that a backend was to be told by its socket's name. */
enum realpeer_naming {
  REALPEER_NAME_IN_FLIGHT = 0,     /* no socket of a backend has come for it yet */
  REALPEER_NAME_CLOSING = 1,       /* the connection is being closed, and the outcome is not written yet */
  REALPEER_NAME_UNCLAIMED = 2,     /* closed, and none has */
  REALPEER_NAME_INEXPRESSIBLE = 3, /* one has, but an IPv4 socket cannot name an IPv6 client */
  REALPEER_NAME_AMBIGUOUS = 4,     /* another SYN looked the same: neither backend is told */
  REALPEER_NAME_DELIVERED = 5,     /* the backend's socket has it */
};

/* The state of an entry of `in_flight`. It names its owner, so that compare-and-exchange never changes another's. */
#define REALPEER_NAMING_STATE(cookie, naming) ((cookie) << 8 | (naming))

/* Value of `in_flight`. Address and port as in realpeer_connection. */
struct realpeer_named {
  __u64 state; /* REALPEER_NAMING_STATE of the connecting socket */
  __u8 client[16];
  __u16 client_port;
  __u8 pad[6];
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_named) == 32, "layout of realpeer_named");

/* What the connecting socket remembers (`attempts`). Host order. */
struct realpeer_attempt {
  struct realpeer_syn syn; /* its key in `in_flight` */
  __u32 outcome;           /* enum realpeer_naming; final where it is not IN_FLIGHT or CLOSING */
  __u32 pad;
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_attempt) == 40, "layout of realpeer_attempt");

/* What the backend's socket remembers (`names`). Address and port as in realpeer_connection. */
struct realpeer_name {
  __u8 address[16];
  __u16 port;
  __u16 pad;
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_name) == 20, "layout of realpeer_name");

/* Index in `namings`: how many connections. Every one that was asked for is delivered or undelivered in the end. */
enum realpeer_naming_count {
  REALPEER_NAMES_ASKED,         /* a SYN is about to leave, and its backend is to be told */
  REALPEER_NAMES_DELIVERED,     /* a backend's socket has the client's name */
  REALPEER_NAMES_UNDELIVERED,   /* closed, and no socket had it */
  REALPEER_NAMES_INEXPRESSIBLE, /* of those: an IPv6 client, and an IPv4 socket */
  REALPEER_NAMES_AMBIGUOUS,     /* of those: two SYNs looked the same */
  REALPEER_NAMES_NO_ROOM,       /* of those: no room in `in_flight`, or no memory for the socket's storage */
  REALPEER_NAMES_COUNT,
};

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

/* What admission made of a packet, and its index in `counters`. Packets that are no SYN to a listener have none. */
enum realpeer_admission {
  /* passed */
  REALPEER_ADMITTED,
  REALPEER_UNMEASURED, /* admitted, but its source's rate is not known: no room in `sources`, or too much contention */
  REALPEER_NOT_LOCAL,  /* to a wildcard listener's port, but this host would forward it */
  REALPEER_FRAGMENT,   /* TCP in fragments, not looked at */
  REALPEER_TRUNCATED,  /* ends within a header, as far as the program can see it */
  REALPEER_MALFORMED,  /* the IP header contradicts itself: the stack drops it */
  REALPEER_TOO_DEEP,   /* more VLAN tags or extension headers than are looked at */
  REALPEER_NO_RULES,   /* no rules were applied yet */
  /* dropped */
  REALPEER_BANNED,    /* the source has an entry in `bans` that has not expired */
  REALPEER_DENIED,    /* the source is in the denied list */
  REALPEER_UNTRUSTED, /* the listener takes trusted sources only, and this is none */
  REALPEER_SYN_RATE,  /* the source sends more SYNs than its rate allows */
  REALPEER_ADMISSION_COUNT,
};
#define REALPEER_FIRST_DROP REALPEER_BANNED

/* Key of `listeners`. The address as in realpeer_connection, :: for any address of both families and ::ffff:0.0.0.0
 * for any IPv4 address; the port in network order. */
struct realpeer_bind {
  __u8 address[16];
  __u16 port;
  __u16 pad;
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_bind) == 20, "layout of realpeer_bind");
REALPEER_STATIC_ASSERT(__builtin_offsetof(struct realpeer_bind, port) == 16, "layout of realpeer_bind");

#define REALPEER_LISTENER_DROPS_UNTRUSTED 1U /* sources outside its list are dropped */

/* Value of `listeners`. Host order. */
struct realpeer_listener {
  __u32 flags;
  __u32 list; /* number of its trusted sources' list in `networks`; 0: it has none */
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_listener) == 8, "layout of realpeer_listener");

#define REALPEER_DENIED_LIST 0U

/* Key of `networks`: a prefix in one of many lists. The address as in realpeer_connection, the rest in host order. The
 * family is part of the prefix, since ::/0 holds no IPv4 address. */
struct realpeer_network {
  __u32 prefix_length; /* of what follows, in bits: list and family always, then the address as far as it counts */
  __u32 list;          /* REALPEER_DENIED_LIST, or the number of a listener's trusted list */
  __u32 family;        /* 4 or 6 */
  __u8 address[16];
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_network) == 28, "layout of realpeer_network");
REALPEER_STATIC_ASSERT(__builtin_offsetof(struct realpeer_network, address) == 12, "layout of realpeer_network");

/* Key of `sources` and `bans`: who can choose among addresses counts as one. An IPv4 address as ::ffff:a.b.c.d, an IPv6
 * address as its /64, the rest zero. */
struct realpeer_source {
  __u8 address[16];
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_source) == 16, "layout of realpeer_source");

enum realpeer_ban_reason {
  REALPEER_BAN_OPERATOR = 0, /* asked for by hand */
  REALPEER_BAN_LIMITS = 1,   /* exceeded the limits of a client */
};

/* Value of `bans`. Times are CLOCK_BOOTTIME in ns: a suspended host does not prolong a ban. Host order. */
struct realpeer_ban {
  __u64 expires; /* from then on it is as if it were not there */
  __u64 since;
  __u32 reason; /* enum realpeer_ban_reason */
  __u32 pad;
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_ban) == 24, "layout of realpeer_ban");

/* Value of `syn_rates`: SYNs a source may send, as GCRA has it (ITU-T I.371): one each interval, and early by up to the
 * tolerance. */
struct realpeer_syn_rate {
  __u64 interval;  /* ns; 0: no limit */
  __u64 tolerance; /* ns: (burst - 1) intervals */
};
REALPEER_STATIC_ASSERT(sizeof(struct realpeer_syn_rate) == 16, "layout of realpeer_syn_rate");

#endif
