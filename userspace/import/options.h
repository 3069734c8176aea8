// What manifests do not say, and the operator does.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace realpeer::importing {

struct Options {
  std::string bind_address = "0.0.0.0";            // IPv6 in brackets
  std::string cluster_domain = "cluster.local";    // of the names of Services
  std::string certificates = "tls";                // folder: NAMESPACE/SECRET/tls.crt and tls.key are below
  std::vector<std::string> trusted_cidrs{};        // who may send headers; empty: not known
  std::map<std::string, std::string> endpoints{};  // "NAMESPACE/SERVICE:PORT" to "HOST:PORT"
  std::vector<std::string> gateways{};             // "NAMESPACE/GATEWAY", those to translate; empty: all
};

}  // namespace realpeer::importing
