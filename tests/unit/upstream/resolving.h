// What the tests of this room share: a resolver that asks the test's own server, and a context that runs until
// something holds.
#pragma once

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "harness/wait.h"
#include "upstream/resolver.h"

namespace realpeer::upstream {

inline constexpr realpeer::testing::Duration bound{10'000};

// Runs the context until the condition holds; false when the bound is reached.
template <typename Condition>
bool run_until(boost::asio::io_context& context, Condition condition) {
  context.restart();
  return realpeer::testing::eventually(
      [&] {
        if (condition()) return true;
        context.restart();
        context.run_one_for(realpeer::testing::Duration{20});
        return condition();
      },
      bound, realpeer::testing::Duration{0});
}

// A file in the place of /etc/resolv.conf.
class ResolvConf {
 public:
  explicit ResolvConf(const std::string& text = "nameserver 127.0.0.1\n") { write(text); }
  ResolvConf(const ResolvConf&) = delete;
  ResolvConf& operator=(const ResolvConf&) = delete;
  ~ResolvConf() { std::filesystem::remove(path_); }

  void write(const std::string& text) const { std::ofstream(path_) << text; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ =
      std::filesystem::temp_directory_path() / ("realpeer-resolv-" + std::to_string(::getpid()) + ".conf");
};

inline std::unique_ptr<Resolver> resolver_at(boost::asio::io_context& context, const ResolvConf& conf,
                                             std::uint16_t port, ResolverOptions options = {}) {
  options.resolv_conf = conf.path();
  options.port = port;
  return std::move(*Resolver::create(context, std::move(options)));
}

}  // namespace realpeer::upstream
