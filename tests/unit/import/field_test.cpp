#include "import/field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::importing {
namespace {

using ::testing::IsEmpty;

class FieldOf : public ::testing::Test {
 protected:
  Field root(const std::string& text) { return {YAML::Load(text), {"m.yaml", 1}, "", findings}; }
  [[nodiscard]] std::string told() const {
    std::string all;
    for (const config::Diagnostic& one : findings.all()) all += one.to_string() + "\n";
    return all;
  }

  Findings findings;
};

struct Written {
  const char* text;
  std::optional<std::uint64_t> milliseconds;
};

TEST_F(FieldOf, DurationsAreReadAsGatewayApiWritesThem) {
  const Written durations[] = {{"5s", 5'000},         {"500ms", 500},           {"1h", 3'600'000},
                               {"1m30s", 90'000},     {"1h2m3s4ms", 3'723'004}, {"0s", 0},
                               {"1m1ms", 60'001},     {"5", std::nullopt},      {"s", std::nullopt},
                               {"-5s", std::nullopt}, {"1.5s", std::nullopt},   {"99999999999s", std::nullopt}};
  for (const auto& [text, milliseconds] : durations) {
    EXPECT_EQ(root(std::string("t: ") + text)["t"].duration(), milliseconds) << text;
  }
}

TEST_F(FieldOf, NothingIsEmptyAndNoError) {
  const Field map = root("a:\nb: ~\nc: { d: 1 }");
  for (const Field& field : {map["a"], map["b"], map["x"], map["x"]["y"]["z"], map["c"]["x"]}) {
    EXPECT_FALSE(field);
    EXPECT_EQ(field.text(), "");
    EXPECT_THAT(field.items(), IsEmpty());
    EXPECT_THAT(field.entries(), IsEmpty());
    EXPECT_FALSE(field.number(0, 9));
    EXPECT_FALSE(field.duration());
    EXPECT_FALSE(field.is_true());
  }
  EXPECT_EQ(told(), "");
}

TEST_F(FieldOf, AnotherKindIsAnErrorAtItsLine) {
  const Field map = root("a: [1]\nb: 1\nc:\n  d: x\n");
  EXPECT_EQ(map["a"].text(), "");
  EXPECT_THAT(map["b"].items(), IsEmpty());
  EXPECT_FALSE(map["b"]["x"]);
  EXPECT_FALSE(map["c"]["d"].is_true());
  EXPECT_FALSE(map["c"]["d"].number(1, 2));
  EXPECT_EQ(told(),
            "m.yaml:1: error: a: must be a single value\n"
            "m.yaml:2: error: b: must be a list\n"
            "m.yaml:2: error: b: must be a map\n"
            "m.yaml:4: error: c.d: 'x' is neither true nor false\n"
            "m.yaml:4: error: c.d: 'x' is no number from 1 to 2\n");
}

}  // namespace
}  // namespace realpeer::importing
