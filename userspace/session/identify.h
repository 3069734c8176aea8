// Stage "identify": who is the client?
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "bpf/shared.h"
#include "config/config.h"
#include "proxy_protocol/header.h"
#include "session/refusal.h"

namespace realpeer::session {

struct Identified {
  net::Endpoint client;       // believed
  net::Endpoint destination;  // whom the client meant to reach: from the header, else the accepted socket's address
  realpeer_client_source source = REALPEER_SOURCE_PEER;
  std::vector<proxy_protocol::Tlv> tlvs;
  std::optional<proxy_protocol::Version> header{};  // that came first
  std::string payload;                              // application bytes read so far
  // The client has not spoken, and a header in its first bytes must be refused: see datapath::FlowOwner.
  bool watch_first_bytes = false;
};

// Reads what must be read to know the client.
Stage<Identified> identify(boost::asio::ip::tcp::socket& socket, const net::Endpoint& peer,
                           const config::Listener& listener, std::chrono::steady_clock::time_point until);

}  // namespace realpeer::session
