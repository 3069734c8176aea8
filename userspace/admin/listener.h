// Answers HTTP about the daemon, on this host alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "admin/access.h"
#include "admin/page.h"
#include "config/config.h"
#include "kernel/fd.h"
#include "kernel/result.h"
#include "kernel/socket_file.h"

namespace realpeer::admin {

namespace limits {

inline constexpr std::size_t header = 8192;         // bytes of a request's fields, and of its first line
inline constexpr std::chrono::seconds patience{5};  // for a request's header, from the last answer on; and for a reader
inline constexpr std::size_t connections = 64;      // at once; one more is closed

}  // namespace limits

// Who listened before.
struct Before {
  bool another = false;       // a daemon that this one takes over from
  kernel::UniqueFd socket{};  // its listening socket, if that has an address
};

class Listener {
 public:
  // Listens; answers once the context, which outlives it, runs. The error names the place in the configuration.
  // `before`: the listening socket of the daemon that this one takes over from, to go on with if it has this address;
  // the file of a socket is replaced.
  static kernel::Result<std::unique_ptr<Listener>> create(boost::asio::io_context& context, const config::Admin& admin,
                                                          Access access, Pages pages, Before before = {});
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // The listening socket; nothing where it is a file's.
  [[nodiscard]] std::optional<int> socket() const;
  // Whom it answers from now on. On the context's thread.
  void admit(Access access);

 private:
  struct Shared;

  Listener(std::shared_ptr<Shared> shared, std::optional<kernel::SocketFile> file);

  std::shared_ptr<Shared> shared_;  // with the coroutines, which end with the context
  std::optional<kernel::SocketFile> file_;
};

}  // namespace realpeer::admin
