// The real curl as a client.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/netns.h"
#include "harness/tcp.h"

namespace realpeer::testing {

struct CurlRequest {
  std::string url;
  std::string resolve = {};               // --resolve HOST:PORT:ADDRESS
  std::filesystem::path authority = {};   // --cacert
  std::string from = {};                  // --interface: the address to connect from
  bool proxy_header = false;              // --haproxy-protocol: a header of version 1, with curl's own address
  std::vector<std::string> options = {};  // any others
};

struct CurlResponse {
  int exit = 0;  // curl's status: 0 when it got an answer, see EXIT CODES of curl(1)
  int status = 0;
  std::string body = {};
  Endpoint client = {};     // where curl connected from; unset when it did not connect
  std::string errors = {};  // its messages
};

// One request, of at most 10 s.
CurlResponse curl(const Netns& netns, const CurlRequest& request);

}  // namespace realpeer::testing
