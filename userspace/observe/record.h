// What is known of one connection, gathered stage by stage for its access-log line.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/shared.h"
#include "net/address.h"
#include "policy/reject_reason.h"

namespace realpeer::observe {

constexpr std::string_view to_string(realpeer_client_source source) {
  switch (source) {
    case REALPEER_SOURCE_PEER: return "peer";
    case REALPEER_SOURCE_LOCAL: return "local";
    case REALPEER_SOURCE_PROXY_V1: return "proxy-v1";
    case REALPEER_SOURCE_PROXY_V2: return "proxy-v2";
    case REALPEER_SOURCE_XFF: return "xff";
  }
  return "";
}

// Of a request, where requests are routed: each has a line of its own.
struct RequestRecord {
  std::string id;  // X-Request-Id
  std::string method;
  std::string host;     // as asked for, with the port if one was
  std::string path;     // without the query, which may hold secrets
  unsigned status = 0;  // of the response; 0: none was sent
};

// Views point to constants. It outlives the connection, and the configuration that its names are of.
struct Record {
  std::uint64_t id = 0;
  std::chrono::system_clock::time_point started;
  std::chrono::steady_clock::time_point since;  // the same moment, for the duration: clocks are set
  std::string listener;
  net::Endpoint peer;
  bool trusted = false;

  // From identify on.
  std::optional<net::Endpoint> client;
  realpeer_client_source source = REALPEER_SOURCE_PEER;
  std::vector<std::uint8_t> tlv_types;
  std::string unique_id;  // raw bytes; sent by a trusted peer, or made for the backend

  // From route on.
  std::string server_name;  // of the ClientHello, as sent

  // From connect on.
  std::string backend;
  std::string_view identity;
  std::optional<bool> identity_delivered;  // of identities that leave no trace in the bytes; nothing: not known
  std::string endpoint;
  std::optional<net::Endpoint> upstream{};  // ours of the connection to it, as it was made

  // At the end.
  std::string_view path;  // empty: never engaged
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t bytes_spliced = 0;
  std::string_view end;
  policy::RejectReason reason = policy::RejectReason::none;
  std::string_view looks_like;
  std::string detail;
  std::optional<RequestRecord> request{};
};

// What is kept to be looked at: strangers write paths of nearly 64 KiB. The access log has all of it.
void shorten(Record& record);

// The fields of the access log; `now` gives duration_ms.
boost::json::object to_object(const Record& record, std::chrono::steady_clock::time_point now);
// One JSON object without a newline.
std::string to_json(const Record& record, std::chrono::steady_clock::time_point now);

// RFC 3339 in UTC with milliseconds.
std::string timestamp(std::chrono::system_clock::time_point when);
// Ids are any bytes, and most often text: then as they are, as others log them, else in hexadecimal digits.
std::string readable(std::string_view bytes);

}  // namespace realpeer::observe
