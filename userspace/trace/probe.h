// The tracer's own connection: it is opened, says what it must, and stays open until it is looked at everywhere.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "net/address.h"
#include "trace/plan.h"
#include "trace/verdict.h"

namespace realpeer::trace {

struct Said {
  Speech speech = Speech::none;
  std::string name{};                // of the server; empty: none is asked for
  std::string authority{};           // for the field Host
  std::optional<std::string> ask{};  // the path of a page that shows the client's address
  std::chrono::milliseconds patience{5'000};
};

class Probe {
 public:
  // Resolves and connects. The error is a sentence.
  static boost::system::result<std::unique_ptr<Probe>, std::string> connect(const std::string& host, std::uint16_t port,
                                                                            std::chrono::milliseconds patience);
  virtual ~Probe() = default;

  [[nodiscard]] virtual net::Endpoint own() const = 0;
  // Begins to speak, in a thread of its own, and keeps the connection open whatever the answer.
  virtual void begin(Said said) = 0;
  // What came of it; waits no longer than its patience.
  virtual Outcome outcome() = 0;
};

}  // namespace realpeer::trace
