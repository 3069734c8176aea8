#include "harness/admission_status.h"

#include <csignal>
#include <sstream>
#include <stdexcept>

#include "harness/wait.h"

namespace realpeer::testing {
namespace {

constexpr const char* kCounters = "admission so far: ";
constexpr Duration kBound{10'000};

// Whole lines only: the last one may be half written.
std::vector<std::string> lines_with(const Daemon& daemon, const std::string& text) {
  std::vector<std::string> found;
  std::istringstream log(daemon.process().errors());
  for (std::string line; std::getline(log, line) && !log.eof();) {
    if (line.find(text) != std::string::npos) found.push_back(line);
  }
  return found;
}

}  // namespace

AdmissionCounters::AdmissionCounters(Daemon& daemon) {
  const auto before = lines_logged(daemon, kCounters);
  daemon.process().signal(SIGUSR1);
  if (!logs(daemon, kCounters, before + 1)) throw std::runtime_error("the daemon does not tell its admission counters");
  line_ = lines_with(daemon, kCounters).back();
  // "untrusted 3, admitted 1", or words without a number.
  std::istringstream words(line_.substr(line_.find(kCounters) + std::string_view(kCounters).size()));
  for (std::string verdict, count; words >> verdict >> count;) {
    if (count.find_first_not_of("0123456789,") == std::string::npos) counters_[verdict] = std::stoull(count);
  }
}

std::uint64_t AdmissionCounters::of(const std::string& verdict) const {
  const auto found = counters_.find(verdict);
  return found == counters_.end() ? 0 : found->second;
}

std::uint64_t admission_count(Daemon& daemon, const std::string& verdict, std::uint64_t least) {
  std::uint64_t count = 0;
  eventually([&] { return (count = AdmissionCounters(daemon).of(verdict)) >= least; }, kBound, Duration{20});
  return count;
}

std::size_t lines_logged(const Daemon& daemon, const std::string& text) { return lines_with(daemon, text).size(); }

bool logs(const Daemon& daemon, const std::string& text, std::size_t times) {
  return eventually([&] { return lines_logged(daemon, text) >= times; }, kBound);
}

}  // namespace realpeer::testing
