// nginx: its http and its stream module, which read the PROXY protocol in two ways.
#pragma once

#include <string>

#include "harness/access_log.h"
#include "harness/receivers/server.h"

namespace realpeer::testing {

// `server` blocks, and whatever else may stand in the two sections. Every `listen ADDR:PORT` is waited for.
struct NginxConfig {
  std::string http = {};
  std::string stream = {};
};

class Nginx {
 public:
  Nginx(const Netns& netns, const NginxConfig& config);

  // One record a request: proxy_protocol_addr, proxy_protocol_port, proxy_protocol_server_addr, remote_addr, host,
  // server_name (of TLS), status, x_forwarded_for, x_real_ip.
  [[nodiscard]] AccessLog http_log() const { return AccessLog(directory_.path() / "http.log"); }
  // One record a connection, at its end: proxy_protocol_addr, proxy_protocol_port, remote_addr, status.
  [[nodiscard]] AccessLog stream_log() const { return AccessLog(directory_.path() / "stream.log"); }
  [[nodiscard]] const Server& server() const { return server_; }

 private:
  TemporaryDirectory directory_;
  Server server_;
};

}  // namespace realpeer::testing
