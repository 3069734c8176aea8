// One JSON line per connection.
#pragma once

#include <atomic>
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

  // Writes from now on what and where `other` does, which must not be used any more.
  void become(const AccessLog& other) { target_ = other.target_.load(); }

  // Opens the file by its path once more, and makes it if it is not there: for programs that rename it and go on with
  // what was written so far. Each line is whole in one of the two, and none comes to the old one afterwards. Where that
  // fails the old one stays; the error says why. A folder that is gone is made anew. Nothing happens to the other
  // targets.
  boost::system::result<void, std::string> reopen();

 private:
  struct Target {
    std::shared_ptr<spdlog::logger> logger;  // null: off
    std::shared_ptr<RotatedFile> file;       // null: none
    bool verbose;
  };

  explicit AccessLog(Target target) : target_(std::make_shared<const Target>(std::move(target))) {}

  std::atomic<std::shared_ptr<const Target>> target_;
};

}  // namespace realpeer::observe
