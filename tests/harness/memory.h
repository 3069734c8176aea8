// The memory of the whole machine, kernel included, while something runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace realpeer::testing {

// Bytes of MemAvailable, plus what /proc/meminfo leaves out of it: AnonPages, so that a compiler running beside the
// test does not disturb it, and the processors' lists of free pages (/proc/zoneinfo), which hold a hundred MiB and more
// after a large process has ended. What makes the sum fall is the kernel: socket buffers, queued packets, map entries.
std::uint64_t memory_beside_processes();

// Watches the sum from its construction on.
class MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  // How far it lay below the start for at least half of the time until now, in bytes: what others of this machine
  // take and give back at once does not count, what stays queued does.
  [[nodiscard]] std::uint64_t lasting_fall();

 private:
  std::uint64_t start_;
  std::mutex mutex_;
  std::vector<std::uint64_t> samples_;
  std::atomic<bool> stop_ = false;
  std::thread sampler_;
};

}  // namespace realpeer::testing
