// Repeats are told as numbers, and every one of them.
#include "observe/repeats.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace realpeer::observe {
namespace {

using namespace std::chrono_literals;

constexpr Repeats::Clock::time_point kStart{1000h};

struct Step {
  enum What { add, due, rest } what;
  std::chrono::milliseconds at;
  std::optional<std::uint64_t> told;       // 0: the event itself is to be said
  std::chrono::milliseconds within = 0ms;  // of a number
};

void expect_steps(const std::vector<Step>& steps) {
  Repeats repeats;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    SCOPED_TRACE(i);
    const auto now = kStart + step.at;
    const auto told = step.what == Step::add   ? repeats.add(now)
                      : step.what == Step::due ? repeats.due(now)
                                               : repeats.rest(now);
    ASSERT_EQ(told.has_value(), step.told.has_value());
    if (!told) continue;
    EXPECT_EQ(told->counted, *step.told);
    if (told->counted > 0) {
      EXPECT_EQ(told->within, step.within);
    }
  }
}

TEST(Repeats, SayTheFirstAndCountTheRest) {
  expect_steps({{Step::add, 0ms, 0},
                {Step::add, 0ms, {}},
                {Step::add, 9'999ms, {}},
                {Step::due, 9'999ms, {}},
                {Step::due, 10'300ms, 2, 10'300ms},
                {Step::due, 11s, {}}});
}

TEST(Repeats, TellOfAStreamInEachInterval) {
  expect_steps({{Step::add, 0ms, 0},
                {Step::add, 1s, {}},
                {Step::add, 10s, 1, 10s},  // itself counted for the next
                {Step::add, 15s, {}},
                {Step::due, 21s, 2, 11s},
                {Step::add, 22s, {}},
                {Step::due, 31s, 1, 10s}});
}

TEST(Repeats, SayTheFirstAgainAfterAQuietInterval) {
  expect_steps({{Step::add, 0ms, 0},
                {Step::due, 10s, {}},
                {Step::add, 10s, 0},
                {Step::add, 12s, {}},
                {Step::due, 20s, 1, 10s},
                {Step::due, 30s, {}},
                {Step::add, 30s, 0}});
}

TEST(Repeats, KeepNothingBackAtTheEnd) {
  expect_steps({{Step::rest, 0ms, {}},
                {Step::add, 0ms, 0},
                {Step::rest, 1s, {}},
                {Step::add, 2s, {}},
                {Step::add, 3s, {}},
                {Step::rest, 4s, 2, 4s},
                {Step::rest, 5s, {}}});
}

// Times go by while all of them count, and one tells.
TEST(Repeats, LoseNoneWhereManyThreadsCount) {
  constexpr std::uint64_t kEach = 200'000;
  constexpr unsigned kThreads = 4;
  Repeats repeats;
  std::atomic<std::uint64_t> said{0};
  std::atomic<std::int64_t> milliseconds{0};
  const auto take = [&](const std::optional<Repeats::Told>& told) {
    if (told) said += told->counted == 0 ? 1 : told->counted;
  };
  const auto now = [&] { return kStart + std::chrono::milliseconds(milliseconds.load()); };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (std::uint64_t n = 0; n < kEach; ++n) {
          milliseconds += 7;
          take(repeats.add(now()));
        }
      });
    }
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) take(repeats.due(now()));
    });
  }
  take(repeats.rest(now()));
  EXPECT_EQ(said, kEach * kThreads);
}

}  // namespace
}  // namespace realpeer::observe
