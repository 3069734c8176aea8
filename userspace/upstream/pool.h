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
  Endpoint(net::Endpoint where, const config::EndpointSpec& configured, const config::Backend& backend);

  const net::Endpoint address;
  const std::string text;  // "ADDR:PORT"
  const config::EndpointSpec& spec;
  const std::uint64_t identity;
  std::atomic<std::uint32_t> active{0};  // connections, those on their way included

  // Guarded by the pool.
  Standing standing;
  std::int64_t credit = 0;  // of round robin
  bool on_trial = false;    // a connection is trying it
  std::uint64_t connections = 0;
  std::uint64_t failures = 0;
  std::string last_failure{};
};

// A place at an endpoint, held from the attempt to the end of the connection.
class Lease {
 public:
  Lease() = default;
  explicit Lease(std::shared_ptr<Endpoint> endpoint) : endpoint_(std::move(endpoint)) {
    endpoint_->active.fetch_add(1);
  }
  Lease(Lease&& other) noexcept : endpoint_(std::exchange(other.endpoint_, nullptr)) {}
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (endpoint_) endpoint_->active.fetch_sub(1);
  }

  [[nodiscard]] const std::shared_ptr<Endpoint>& endpoint() const { return endpoint_; }

 private:
  std::shared_ptr<Endpoint> endpoint_;
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
  // The configuration outlives the pool. Literal addresses are endpoints from the start.
  explicit Pool(const config::Backend& backend);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] const config::Backend& backend() const { return backend_; }

  // The addresses that the name of backend().endpoints[spec] has now. Those that it had keep their standing.
  void set_addresses(std::size_t spec, const std::vector<net::Address>& addresses);

  struct NoneLeft {
    std::string why;  // every endpoint and its reason
  };
  using Tried = std::vector<std::shared_ptr<Endpoint>>;
  // A place at the endpoint to try next. One that rests or fails its checks is passed over; if no other is left, one
  // that rests and was refused at once last time is tried all the same.
  boost::system::result<Lease, NoneLeft> next(const net::Address& client, const Tried& tried);
  // What became of the attempt; each lease of next() gets one of the three.
  void succeeded(Endpoint& endpoint);
  void failed(Endpoint& endpoint, Failure how, const std::string& why);
  void undecided(Endpoint& endpoint);  // it ended for reasons of our own

  // The outcome of an active check.
  void checked(Endpoint& endpoint, bool good, const std::string& why);

  [[nodiscard]] std::vector<std::shared_ptr<Endpoint>> endpoints() const;
  [[nodiscard]] std::vector<EndpointStatus> status() const;

 private:
  // `lock` guards endpoints_ for all of these.
  std::shared_ptr<Endpoint> find(const net::Endpoint& address, const config::EndpointSpec& spec) const;
  std::vector<std::shared_ptr<Endpoint>> candidates(const Tried& tried, bool last_resort) const;
  std::string reasons(const Tried& tried) const;
  [[nodiscard]] EndpointStatus status_of(const Endpoint& endpoint) const;

  const config::Backend& backend_;
  mutable std::mutex mutex_;
  std::vector<std::vector<std::shared_ptr<Endpoint>>> endpoints_;  // as backend_.endpoints
};

}  // namespace realpeer::upstream
