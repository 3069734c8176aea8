// The endpoints of one backend, shared by all workers: which takes the next connection, and how each one does.
#pragma once

#include <atomic>
#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.h"
#include "net/address.h"
#include "upstream/standing.h"

namespace realpeer::upstream {

// One address of a backend. Lives as long as a connection to it, if its name has long gone elsewhere.
struct Endpoint {
  Endpoint(net::Endpoint where, config::EndpointSpec configured, const config::Backend& backend);
  // The same address under another configuration. With the lock of the other one's pool held.
  Endpoint(const Endpoint& other, config::EndpointSpec configured, const config::Backend& backend);
  Endpoint& operator=(const Endpoint&) = delete;

  const net::Endpoint address;
  const std::string text;  // "ADDR:PORT"
  const config::EndpointSpec spec;
  const std::uint64_t identity;
  const std::shared_ptr<std::atomic<std::uint32_t>> count = std::make_shared<std::atomic<std::uint32_t>>(0);
  std::atomic<std::uint32_t>& active = *count;  // connections, those on their way included

  // Guarded by the pool.
  Standing standing;
  std::int64_t credit = 0;  // of round robin
  bool on_trial = false;    // a lease of it is the one that tries it
  std::uint64_t connections = 0;
  std::uint64_t failures = 0;
  std::string last_failure{};
  Clock::time_point told_until{};  // its lines in the log so far, as if one came a second
};

class Pool;

// A place at an endpoint, held from the attempt to the end of the connection. It tells the pool what became of the
// attempt; one that ends without a word (for reasons of our own, or by an exception) says nothing of the endpoint.
// The pool outlives it.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { release(); }

  [[nodiscard]] const Endpoint& endpoint() const { return *endpoint_; }
  [[nodiscard]] std::shared_ptr<const Endpoint> shared_endpoint() const { return endpoint_; }
  // How many others could be tried after it.
  [[nodiscard]] std::size_t others() const { return others_; }

  void succeeded();
  void failed(Failure how, const std::string& why);
  // Gives the place back before its owner goes.
  void release();

 private:
  friend class Pool;
  Lease(Pool& pool, std::shared_ptr<Endpoint> endpoint, std::size_t others, bool trial);

  Pool* pool_ = nullptr;
  std::shared_ptr<Endpoint> endpoint_;
  std::size_t others_ = 0;
  Clock::time_point began_{};
  bool trial_ = false;
};

struct EndpointStatus {
  std::string endpoint;  // "ADDR:PORT", or the name while it has no address
  std::string name;      // as configured
  std::string state;     // "up", "down", "resting", "on trial", "unresolved"
  std::string why;       // the last failure, when it is not up
  std::uint32_t active = 0;
  std::uint64_t connections = 0;
  std::uint64_t failures = 0;
};

class Pool {
 public:
  // Literal addresses are endpoints from the start. Where there was a pool of this backend before, under another
  // configuration, its names keep their addresses, and addresses their standing and their count of connections.
  explicit Pool(config::Backend backend, const Pool* before = nullptr);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] const config::Backend& backend() const { return backend_; }

  // The addresses that the name of backend().endpoints[spec] has now; of very many the first. One that comes back finds
  // its connections and its standing again.
  void set_addresses(std::size_t spec, const std::vector<net::Address>& addresses);

  struct NoneLeft {
    std::string why;  // the endpoints that were not tried and their reasons; of very many the first
  };
  using Tried = std::vector<std::shared_ptr<const Endpoint>>;
  // A place at the endpoint to try next. One that rests or fails its checks is passed over. If no other is left, one
  // that rests is tried all the same: at once if it failed quickly; if it was silent, by one client at a time and a
  // second after the last. So clients are told at once that nobody is there, and a backend that comes back is found.
  boost::system::result<Lease, NoneLeft> next(const net::Address& client, const Tried& tried);

  // The outcome of an active check that `began` then.
  void checked(Endpoint& endpoint, bool good, const std::string& why, Clock::time_point began);

  [[nodiscard]] std::vector<std::shared_ptr<Endpoint>> endpoints() const;
  [[nodiscard]] std::vector<EndpointStatus> status() const;

 private:
  friend class Lease;
  // `trial`: the lease is the one that tries the endpoint.
  void succeeded(Endpoint& endpoint, bool trial);
  void failed(Endpoint& endpoint, bool trial, Failure how, Clock::time_point began, const std::string& why);
  void undecided(Endpoint& endpoint, bool trial);

  // With the lock held.
  void inherit(const Pool& before);
  std::shared_ptr<Endpoint> take_known(const net::Endpoint& address, const config::EndpointSpec& spec);
  void forget_departed();
  template <typename Eligible>
  std::vector<std::shared_ptr<Endpoint>> select(const Tried& tried, Eligible eligible) const;
  std::vector<std::shared_ptr<Endpoint>> first_choices(const Tried& tried) const;
  std::vector<std::shared_ptr<Endpoint>> last_resorts(const Tried& tried) const;
  std::string reasons(const Tried& tried) const;
  [[nodiscard]] EndpointStatus status_of(const Endpoint& endpoint) const;

  const config::Backend backend_;
  mutable std::mutex mutex_;
  std::vector<std::vector<std::shared_ptr<Endpoint>>> endpoints_;  // as backend_.endpoints
  Clock::time_point last_silence_{};                               // the end of the last attempt that was slow to fail
  std::vector<std::shared_ptr<Endpoint>> departed_;  // no longer an address of their name, with something to remember
};

}  // namespace realpeer::upstream
