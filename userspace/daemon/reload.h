// A configuration that takes another one's place, whole or not at all.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "admin/listener.h"
#include "admin/pages.h"
#include "config/load.h"
#include "daemon/fixed.h"
#include "session/server.h"
#include "upstream/upstreams.h"

namespace realpeer::daemon {

struct Reloaded {
  bool applied = false;
  std::vector<std::string> lines{};  // what there is to say of it: "FILE:LINE: error: …"
};

// What a configuration is served with.
struct Serving {
  session::Host& host;
  session::Server& server;
  observe::AccessLog& access_log;
  std::unique_ptr<upstream::Upstreams> upstreams;
  std::unique_ptr<admin::Listener> admin;  // null: none is configured
};

// Reads the configuration again, and makes everything serve by it; what cannot be had leaves all as it is.
Reloaded reload(boost::asio::io_context& context, const std::string& file, const Made& made, const admin::Daemon& told,
                Serving& serving);

}  // namespace realpeer::daemon
