// The daemon's log, in memory.
#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace realpeer::observe {

// Takes the place of the default logger while it lives.
class Logged {
 public:
  Logged() {
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
    logger->set_pattern("%l %v");
    spdlog::set_default_logger(std::move(logger));
  }
  Logged(const Logged&) = delete;
  Logged& operator=(const Logged&) = delete;
  ~Logged() { spdlog::set_default_logger(before_); }

  // Since it was asked last.
  std::vector<std::string> lines() {
    std::vector<std::string> found;
    std::istringstream text(text_.str());
    for (std::string line; std::getline(text, line);) found.push_back(line);
    text_.str("");
    return found;
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

}  // namespace realpeer::observe
