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

class RotatedFile;

// Thread-safe.
class AccessLog {
 public:
  // `target`: "stdout", "off" or the path of a file to append to. `verbose` also writes what is counted apart: probes
  // that close without a byte. The error says why the file cannot be opened.
  static boost::system::result<std::unique_ptr<AccessLog>, std::string> open(const std::string& target, bool verbose);

  void write(const Record& record);

  // Opens the file by its path once more, and makes it if it is not there: for programs that rename it and go on with
  // what was written so far. Each line is whole in one of the two, and none comes to the old one afterwards. Where that
  // fails the old one stays; the error says why. A folder that is gone is made anew. Nothing happens to the other
  // targets.
  boost::system::result<void, std::string> reopen();

 private:
  AccessLog(std::shared_ptr<spdlog::logger> logger, std::shared_ptr<RotatedFile> file, bool verbose)
      : logger_(std::move(logger)), file_(std::move(file)), verbose_(verbose) {}

  std::shared_ptr<spdlog::logger> logger_;  // null: off
  std::shared_ptr<RotatedFile> file_;       // null: none
  bool verbose_;
};

}  // namespace realpeer::observe
