// The pools of all backends, and the thread that keeps their names and health up to date.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/system/result.hpp>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "config/config.h"
#include "upstream/names.h"
#include "upstream/pool.h"

namespace realpeer::upstream {

// By the backend's name.
using Pools = std::map<std::string, std::shared_ptr<Pool>, std::less<>>;

// Cares for its pools as long as it lives; they may outlive it.
class Upstreams {
 public:
  // `before`: what a former configuration made. Backends that are configured as they were keep their pools, and others
  // inherit (upstream/pool.h).
  static boost::system::result<std::unique_ptr<Upstreams>, Unresolved> create(const config::Config& config,
                                                                              const Pools& before = {});
  Upstreams(const Upstreams&) = delete;
  Upstreams& operator=(const Upstreams&) = delete;
  ~Upstreams();

  // Begins to resolve and to check. Returns when every name had its first answer, good or bad, or after a second.
  void start();

  [[nodiscard]] const Pools& pools() const { return pools_; }
  // Writes a line for each endpoint to the log.
  void log_status() const;

 private:
  Upstreams(const config::Config& config, const Pools& before);
  void keep_names();
  void run_guarded();

  Pools pools_;  // outlive what calls them
  boost::asio::io_context context_{1};
  std::unique_ptr<Names> names_;
  std::jthread thread_;
};

}  // namespace realpeer::upstream
