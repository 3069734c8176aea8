// What changed between two samples, for each second.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "console/top.h"

namespace realpeer::console {

// What grows of a listener, an endpoint or a connection.
struct Counters {
  double connections = 0;
  double refused = 0;  // of an endpoint: attempts that failed
  double in = 0;       // bytes
  double out = 0;
  double spliced = 0;  // bytes of both directions
};

using Rates = std::optional<Counters>;  // nothing: not known

class Change {
 public:
  Change(const Sample& now, const Sample* before);

  [[nodiscard]] Rates of_listener(const std::string& name) const { return rates(listeners_, name); }
  [[nodiscard]] Rates of_endpoint(const std::string& backend, const std::string& endpoint) const {
    return rates(endpoints_, backend + " " + endpoint);
  }
  [[nodiscard]] Rates of_connection(const std::string& id) const { return rates(connections_, id); }

 private:
  using All = std::map<std::string, Counters>;
  struct Both {
    All before;
    All now;
  };

  [[nodiscard]] Rates rates(const Both& both, const std::string& key) const;

  double elapsed_ = 0;  // seconds; 0: there is nothing to compare with
  Both listeners_;
  Both endpoints_;
  Both connections_;
};

}  // namespace realpeer::console
