// Several things at once, each on a thread of its own.
#pragma once

#include <functional>
#include <future>
#include <initializer_list>
#include <vector>

namespace realpeer::testing {

// Returns when all are done; the first exception is thrown again here, so a failing end fails the test.
inline void at_once(std::initializer_list<std::function<void()>> jobs) {
  std::vector<std::future<void>> running;
  for (const auto& job : jobs) running.push_back(std::async(std::launch::async, job));
  for (auto& job : running) job.get();
}

// The same job on `count` threads.
inline void on_threads(unsigned count, const std::function<void()>& job) {
  std::vector<std::future<void>> running;
  for (unsigned i = 0; i < count; ++i) running.push_back(std::async(std::launch::async, job));
  for (auto& thread : running) thread.get();
}

}  // namespace realpeer::testing
