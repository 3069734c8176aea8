// The pools of all backends, and the thread that keeps their names and health up to date.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/system/result.hpp>
#include <deque>
#include <memory>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "config/config.h"
#include "upstream/names.h"
#include "upstream/pool.h"

namespace realpeer::upstream {

class Upstreams {
 public:
  // The configuration outlives it.
  static boost::system::result<std::unique_ptr<Upstreams>, Unresolved> create(const config::Config& config);
  Upstreams(const Upstreams&) = delete;
  Upstreams& operator=(const Upstreams&) = delete;
  ~Upstreams();

  // Begins to resolve and to check. Returns when every name had its first answer, good or bad, or after a second.
  void start();

  // Of a backend of the configuration.
  Pool& pool(std::string_view backend) { return *by_name_.at(backend); }
  // Writes a line for each endpoint to the log.
  void log_status() const;

 private:
  explicit Upstreams(const config::Config& config);
  void keep_names();
  void run_guarded();

  std::deque<Pool> pools_;  // as config.backends; outlives what calls them
  boost::asio::io_context context_{1};
  std::unique_ptr<Names> names_;
  std::unordered_map<std::string_view, Pool*> by_name_;
  std::jthread thread_;
};

}  // namespace realpeer::upstream
