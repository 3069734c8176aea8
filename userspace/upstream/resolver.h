// Looks host names up without ever blocking the thread: c-ares, driven by an io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/address.h"

namespace realpeer::upstream {

// What a host name stands for now.
struct Answer {
  // A and AAAA records in no order, v4-mapped ones as IPv4. When one of the two questions fails and the other is
  // answered, these are the other's alone: c-ares does not tell.
  std::vector<net::Address> addresses;
  std::chrono::seconds ttl{0};  // the least of the records, aliases included; 0: not known (hosts file, literal)
};

// Why there is no answer, in c-ares' words.
struct Unresolved {
  std::string why;
};

// Production leaves these as they are.
struct ResolverOptions {
  std::string resolv_conf = "/etc/resolv.conf";
  std::uint16_t port = 53;                   // of the servers, whose addresses are resolv.conf's
  std::chrono::milliseconds timeout{2'000};  // of a server's first try; c-ares gives the second one twice as long
  int tries = 2;                             // for each server
  std::chrono::milliseconds limit{30'000};   // of a whole look-up
};

class LookUp;

// As resolv.conf (servers, search, ndots), nsswitch.conf and the hosts file say at the time of each look-up: they are
// read anew, since DHCP and Kubernetes rewrite them. Servers that are all silent cost 6 s each; a search list adds to
// that only while its names are answered "not found". Whatever the files hold, a look-up ends within `limit`.
// One thread: the one that runs the context.
class Resolver {
 public:
  using Result = boost::system::result<Answer, Unresolved>;
  using Handler = std::function<void(Result)>;

  static boost::system::result<std::unique_ptr<Resolver>, Unresolved> create(boost::asio::io_context& context,
                                                                             ResolverOptions options = {});
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  // Ends at once what is under way; no handler is called any more. A handler may do it.
  ~Resolver();

  // The handler runs on the context, once, and never inside this call. A name that exists without addresses is
  // unresolved.
  void resolve(const std::string& host, Handler handler);

 private:
  struct UnderWay {
    std::unique_ptr<LookUp> look_up;
    Handler handler;
  };

  Resolver(boost::asio::io_context& context, ResolverOptions options);
  void finish(std::uint64_t id, Result result);

  boost::asio::io_context& context_;
  const ResolverOptions options_;
  std::map<std::uint64_t, UnderWay> under_way_;
  std::uint64_t next_id_ = 0;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);  // what was posted finds us by it, or nobody
};

}  // namespace realpeer::upstream
