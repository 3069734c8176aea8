// What the daemon says of its admission, in its own log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "harness/daemon.h"

namespace realpeer::testing {

// Packets so far by verdict, as its status has them. Asks for a status, and reads that one and none before.
class AdmissionCounters {
 public:
  explicit AdmissionCounters(Daemon& daemon);

  // 0 for what is not named.
  [[nodiscard]] std::uint64_t of(const std::string& verdict) const;
  [[nodiscard]] const std::map<std::string, std::uint64_t>& all() const { return counters_; }
  [[nodiscard]] const std::string& line() const { return line_; }  // for messages

 private:
  std::string line_;
  std::map<std::string, std::uint64_t> counters_;
};

// The count of the verdict, as soon as it is `least` or more; what it is by the bound otherwise.
std::uint64_t admission_count(Daemon& daemon, const std::string& verdict, std::uint64_t least);

// How many lines of the daemon's own log have this text.
std::size_t lines_logged(const Daemon& daemon, const std::string& text);
// Whether there are so many by the bound.
bool logs(const Daemon& daemon, const std::string& text, std::size_t times = 1);

}  // namespace realpeer::testing
