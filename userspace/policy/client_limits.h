// How often and how many at once a client may connect, counted by whom the gateway believes, never by what is claimed.
#pragma once

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "net/address.h"
#include "policy/client_policy.h"

namespace realpeer::policy {

enum class ClientVerdict : std::uint8_t { admitted, too_often, too_many };

// One client's record. Pure.
class ClientRecord {
 public:
  // Counts the connection when it is admitted.
  ClientVerdict connect(const ClientPolicy& policy, Clock::time_point now);
  void disconnect() { --active_; }
  // To be told of each verdict on a connection that the client made itself. Whether it is the one too many: so many
  // more connections refused than admitted as a burst has (without a rate, as `concurrent`), and ten at least, in a
  // time without ten quiet seconds. So it comes at twice its rate and more; who is a little over it is never banned.
  // Then it counts anew.
  bool keeps_exceeding(const ClientPolicy& policy, ClientVerdict verdict, Clock::time_point now);
  // Whether it says no more than a new record would.
  [[nodiscard]] bool forgettable(Clock::time_point now) const { return active_ == 0 && arrival_ <= now; }
  [[nodiscard]] std::uint32_t active() const { return active_; }

 private:
  // Of the generic cell rate algorithm (ITU-T I.371): when the next connection would come at the rate allowed.
  Clock::time_point arrival_{};
  std::uint32_t active_ = 0;
  std::uint32_t refusals_ = 0;  // less those admitted since
  Clock::time_point last_refusal_{};
};

// The records of all clients (net::household), for all workers. Holds the clients that are connected, and of the others
// those that came last, at most `most`.
class ClientLimits {
 public:
  explicit ClientLimits(std::size_t most = std::size_t{1} << 18U);
  ClientLimits(const ClientLimits&) = delete;
  ClientLimits& operator=(const ClientLimits&) = delete;

  struct Verdict {
    ClientVerdict verdict = ClientVerdict::admitted;
    bool ban = false;  // it keeps exceeding
  };
  // How the client is known: by the connection itself, or by what a trusted gateway says. Only what it did itself can
  // get it banned.
  enum class Known : std::uint8_t { directly, by_header };
  // Each connection admitted must be told of its end. The policy may be another one from call to call.
  Verdict connect(const ClientPolicy& policy, const net::Address& client, Known known, Clock::time_point now);
  void disconnect(const net::Address& client);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    net::Address client;
    mutable ClientRecord record;  // no part of the key
  };
  struct Hash {
    std::size_t operator()(const net::Address& address) const;
  };
  // By client, and by how long ago it came.
  using Entries = boost::multi_index_container<
      Entry, boost::multi_index::indexed_by<boost::multi_index::hashed_unique<
                                                boost::multi_index::member<Entry, net::Address, &Entry::client>, Hash>,
                                            boost::multi_index::sequenced<>>>;
  struct Shard {
    mutable std::mutex mutex;
    Entries entries;
  };

  Shard& shard_of(const net::Address& client);
  void make_room(Entries& entries, Clock::time_point now) const;

  const std::size_t most_per_shard_;
  std::vector<Shard> shards_;
};

}  // namespace realpeer::policy
