// One JSON line per connection.
#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <string>

#include "observe/record.h"

namespace spdlog {
class logger;
}

namespace realpeer::observe {

// Thread-safe.
class AccessLog {
 public:
  // `target`: "stdout", "off" or the path of a file to append to. `verbose` also writes what is counted apart: probes
  // that close without a byte. The error says why the file cannot be opened.
  static boost::system::result<std::unique_ptr<AccessLog>, std::string> open(const std::string& target, bool verbose);

  void write(const Record& record);

 private:
  AccessLog(std::shared_ptr<spdlog::logger> logger, bool verbose) : logger_(std::move(logger)), verbose_(verbose) {}

  std::shared_ptr<spdlog::logger> logger_;  // null: off
  bool verbose_;
};

}  // namespace realpeer::observe
