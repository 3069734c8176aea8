// Connecting from an address that is not this host's (IP_TRANSPARENT), and what brings the answers back.
//
// Answers are addressed to the client, so routing would send them on to it. What keeps them here is of the host, shared
// by all its daemons, and set up by `realpeer setup transparent`:
//   - answers of other hosts: nftables marks packets that belong to a transparent socket, a rule leads the mark to a
//   table;
//   - answers of servers on this host that listen on loopback: a rule by their source address leads to the same table;
//   - the table's only route delivers everything here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/result.h"
#include "net/address.h"

namespace realpeer::kernel {

// One number for all three, unlikely to be anybody else's: "RP".
inline constexpr std::uint32_t transparent_mark = 0x5250;
inline constexpr std::uint32_t transparent_table = transparent_mark;
inline constexpr std::uint32_t transparent_preference = transparent_mark;  // of the rules: before the main table
inline constexpr const char* transparent_nft_table = "realpeer_transparent";

// Lets an unbound socket take a foreign address. Needs CAP_NET_ADMIN or CAP_NET_RAW.
Result<void> allow_foreign_address(int socket, bool v6);

// Whether a socket can speak as this address: neither "this network", nor a group's, nor the broadcast address of a
// network of this host's. For others connect() takes an address of its own choice.
bool may_be_a_source(const net::Address& address);

// What is missing on this host, in the network namespace of the caller, for answers of `endpoint` to come back; empty
// when nothing is. What lies beyond this host (the endpoint's own way back) only a connection shows.
std::vector<std::string> missing_for_transparent(const net::Endpoint& endpoint);

}  // namespace realpeer::kernel
