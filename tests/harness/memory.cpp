#include "harness/memory.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>

namespace realpeer::testing {
namespace {

// The sum of the numbers behind these keys, one "KEY NUMBER" a line.
std::uint64_t sum_of(const char* path, std::initializer_list<std::string_view> keys) {
  std::ifstream file(path);
  std::uint64_t sum = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key;
    std::uint64_t number = 0;
    if (words >> key >> number && std::find(keys.begin(), keys.end(), key) != keys.end()) sum += number;
  }
  return sum;
}

}  // namespace

std::uint64_t memory_beside_processes() {
  static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return sum_of("/proc/meminfo", {"MemAvailable:", "AnonPages:"}) * 1024 + sum_of("/proc/zoneinfo", {"count:"}) * page;
}

MemoryWatch::MemoryWatch() : start_(memory_beside_processes()) {
  sampler_ = std::thread([this] {
    while (!stop_) {
      {
        const std::lock_guard lock(mutex_);
        samples_.push_back(memory_beside_processes());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
  });
}

MemoryWatch::~MemoryWatch() {
  stop_ = true;
  sampler_.join();
}

std::uint64_t MemoryWatch::lasting_fall() {
  const std::lock_guard lock(mutex_);
  if (samples_.empty()) return 0;
  const auto middle = samples_.begin() + static_cast<std::ptrdiff_t>(samples_.size() / 2);
  std::nth_element(samples_.begin(), middle, samples_.end());
  return start_ - std::min(start_, *middle);
}

}  // namespace realpeer::testing
