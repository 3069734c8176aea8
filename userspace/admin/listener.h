// Answers HTTP about the daemon, on this host alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "admin/access.h"
#include "admin/page.h"
#include "admin/socket_file.h"
#include "config/config.h"
#include "kernel/result.h"

namespace realpeer::admin {

namespace limits {

inline constexpr std::size_t header = 8192;         // bytes of a request's fields, and of its first line
inline constexpr std::chrono::seconds patience{5};  // for a request's header, from the last answer on; and for a reader
inline constexpr std::size_t connections = 64;      // at once; one more is closed

}  // namespace limits

class Listener {
 public:
  // Listens; answers once the context, which outlives it, runs. The error names the place in the configuration.
  static kernel::Result<std::unique_ptr<Listener>> create(boost::asio::io_context& context, const config::Admin& admin,
                                                          Access access, Pages pages);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

 private:
  struct Shared;

  Listener(std::shared_ptr<Shared> shared, std::optional<SocketFile> file);

  std::shared_ptr<Shared> shared_;  // with the coroutines, which end with the context
  std::optional<SocketFile> file_;
};

}  // namespace realpeer::admin
