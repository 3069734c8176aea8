// The newest refusals, for people to look at.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "observe/record.h"

namespace realpeer::observe {

struct SeenRefusal {
  std::chrono::system_clock::time_point when;
  std::uint64_t id = 0;
  std::string listener;
  std::string peer;
  std::string client;     // empty: not known
  std::string unique_id;  // raw bytes; empty: none
  policy::RejectReason reason = policy::RejectReason::none;
  std::string looks_like;
  std::string detail;
};

// Thread-safe.
class Refusals {
 public:
  void add(const Record& record);
  // The newest first.
  [[nodiscard]] std::vector<SeenRefusal> newest() const;

 private:
  static constexpr std::size_t most = 100;

  mutable std::mutex mutex_;
  std::deque<SeenRefusal> seen_;
};

}  // namespace realpeer::observe
