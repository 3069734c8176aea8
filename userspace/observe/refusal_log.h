// Refusals in the daemon's own log, for whoever reads it to mend them: the first of a kind in full, with its remedy,
// and those that follow as a number.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "observe/record.h"
#include "observe/repeats.h"
#include "observe/tally.h"

namespace realpeer::observe {

// A kind is a listener and a reason. Thread-safe.
class RefusalLog {
 public:
  using Clock = Repeats::Clock;

  // Makes room for the refusals of further listeners.
  void cover(const std::vector<config::Listener>& listeners);

  // Of a listener that is covered. Probes that close without a byte are not refusals anybody has to mend.
  void add(const Record& record, Clock::time_point now);

  // To be called every second: tells what was counted for long enough, where no further refusal comes that would.
  void tell_due(Clock::time_point now);
  // Tells everything that was counted.
  void tell_rest(Clock::time_point now);

 private:
  struct Kind {
    Repeats repeats;
    std::mutex mutex;
    net::Endpoint newest;  // peer, of about the last one
  };
  using Kinds = std::array<Kind, reasons>;

  template <typename Ask>
  void tell(Ask ask);

  std::shared_mutex changing_;                         // of the map, which only grows
  std::map<std::string, Kinds, std::less<>> kinds_{};  // by listener
};

// The texts of the lines.
std::string first_line(const Record& record);
std::string number_line(std::string_view listener, policy::RejectReason reason, const Repeats::Told& told,
                        const net::Endpoint& newest);

}  // namespace realpeer::observe
