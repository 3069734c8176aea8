// Segments to the first bytes of a stream.
#include "capture/first_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace realpeer::capture {
namespace {

struct Part {
  std::size_t offset;
  std::string bytes;
  bool cut = false;
};

struct Case {
  std::string name;
  std::vector<Part> parts;
  std::string expected;
  bool gap = false;
  bool cut = false;
};
void PrintTo(const Case& shown, std::ostream* out) { *out << shown.name; }

// The limit is 10.
const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"Nothing", {}, ""},
      {"InOrder", {{0, "ab"}, {2, "cd"}}, "abcd"},
      {"OutOfOrder", {{2, "cd"}, {4, "ef"}, {0, "ab"}}, "abcdef"},
      {"BackwardsByteByByte", {{3, "d"}, {2, "c"}, {1, "b"}, {0, "a"}}, "abcd"},
      {"AGapStays", {{0, "ab"}, {3, "d"}}, "ab", true},
      {"OneOfTwoGapsIsFilled", {{0, "ab"}, {5, "f"}, {3, "d"}, {2, "c"}}, "abcd", true},
      {"SentAgain", {{0, "ab"}, {0, "ab"}, {2, "cd"}, {0, "ab"}, {2, "cd"}}, "abcd"},
      {"SentAgainLonger", {{0, "ab"}, {0, "abcd"}}, "abcd"},
      {"TheFirstCopyStays", {{0, "ab"}, {0, "XYcd"}}, "abcd"},
      {"TheFirstCopyStaysBehindAGap", {{2, "cd"}, {0, "XYZZef"}}, "XYcdef"},
      {"TheFirstCopyStaysWithinTwo", {{1, "b"}, {3, "d"}, {0, "XXXXX"}}, "XbXdX"},
      {"AroundWhatIsThere", {{4, "ef"}, {8, "ij"}, {2, "ZZZZZZZZ"}, {0, "ab"}}, "abZZefZZij"},
      {"AnOverlapFromBefore", {{3, "def"}, {5, "Zgh"}, {0, "abc"}}, "abcdefgh"},
      {"EmptyOnes", {{0, ""}, {5, ""}, {0, "a"}, {1, ""}}, "a"},
      {"UpToTheLimit", {{0, "0123456789abc"}}, "0123456789"},
      {"BeyondTheLimit", {{10, "abc"}, {11, "bc"}, {4'000'000'000, "x"}, {0, "ab"}}, "ab"},
      {"OverTheLimitBehindAGap", {{8, "89ab"}, {0, "01234567"}}, "0123456789"},
      {"Cut", {{0, "ab", true}}, "ab", false, true},
      {"CutBeforeItsFirstByte", {{0, "", true}}, "", false, true},
      {"CutBehindAGap", {{0, "ab"}, {3, "d", true}}, "ab", true, false},
      {"CutAndReached", {{3, "d", true}, {0, "abc"}}, "abcd", false, true},
      {"CutAndSentAgainWhole", {{0, "ab", true}, {2, "cd"}}, "abcd", false, false},
      {"CutWhereItWasWholeBefore", {{0, "abcd"}, {0, "ab", true}}, "abcd", false, false},
      {"CutBeyondTheLimit", {{0, "0123456789a", true}}, "0123456789", false, false},
      {"CutAtTheLimit", {{0, "0123456789", true}}, "0123456789", false, true},
  };
  return all;
}

class FirstBytesCases : public ::testing::TestWithParam<Case> {};

TEST_P(FirstBytesCases, ArePutTogether) {
  FirstBytes first(10);
  for (const auto& part : GetParam().parts) first.add(part.offset, part.bytes, part.cut);
  EXPECT_EQ(first.bytes(), GetParam().expected);
  EXPECT_EQ(first.gap(), GetParam().gap);
  EXPECT_EQ(first.cut(), GetParam().cut);
}

INSTANTIATE_TEST_SUITE_P(FirstBytes, FirstBytesCases, ::testing::ValuesIn(cases()),
                         [](const auto& shown) { return shown.param.name; });

TEST(FirstBytesAtRandom, AgreeWithAModelThatKeepsEachByteByItself) {
  constexpr std::uint32_t seed = 20260117;
  constexpr std::size_t limit = 64;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  for (int round = 0; round < 5'000; ++round) {
    FirstBytes first(limit);
    std::vector<int> model(limit, -1);
    for (std::size_t parts = below(40); parts > 0; --parts) {
      const std::size_t offset = below(limit + 8);
      std::string part(below(20), '\0');
      std::ranges::generate(part, [&] { return static_cast<char>(below(256)); });
      first.add(offset, part, false);
      for (std::size_t i = 0; i < part.size() && offset + i < limit; ++i) {
        if (model[offset + i] < 0) model[offset + i] = static_cast<unsigned char>(part[i]);
      }
      const auto end = std::ranges::find(model, -1);
      std::string expected;
      std::ranges::transform(model.begin(), end, std::back_inserter(expected),
                             [](int c) { return static_cast<char>(c); });
      ASSERT_EQ(first.bytes(), expected) << "round " << round;
      ASSERT_EQ(first.gap(), std::any_of(end, model.end(), [](int c) { return c >= 0; })) << "round " << round;
    }
  }
}

TEST(FirstBytesMemory, IsAccountedFor) {
  FirstBytes first(65'551);
  for (std::size_t offset = 1; offset < 65'551; offset += 2) first.add(offset, "x", true);
  // A piece of one byte costs a node of a map, and each cut one of a set.
  EXPECT_GE(first.held(), 32'775U * 96U);
  EXPECT_LE(first.held(), 10'000'000U);
}

}  // namespace
}  // namespace realpeer::capture
