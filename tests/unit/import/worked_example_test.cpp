// The manifests of the worked example, held to the configurations in tests/manifests/imported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "unit/import/imported.h"

namespace realpeer::importing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string read(const std::string& name) {
  const auto tests = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  std::ostringstream text;
  text << std::ifstream(tests / "manifests" / name).rdbuf();
  if (text.str().empty()) throw std::runtime_error("cannot read " + name);
  return text.str();
}

TEST(WorkedExample, IsTheConfigurationOfTheEdge) {
  const Imported result = imported(read("edge.yaml"));
  EXPECT_EQ(result.text, read("imported/edge.yaml"));
  EXPECT_THAT(result.report, IsEmpty());
}

TEST(WorkedExample, IsTheConfigurationOfProduction) {
  const Imported result = imported(read("production.yaml"));
  EXPECT_EQ(result.text, read("imported/production.yaml"));
  EXPECT_THAT(result.report,
              ElementsAre("15: warning: Secret 'wildcard-example-com' is not copied: put its tls.crt and "
                          "tls.key into tls/gitea/wildcard-example-com/",
                          "28: warning: ClientTrafficPolicy 'accept-ppv2' does not say whose headers are "
                          "believed, so nobody's are, and every connection is refused: list the gateways "
                          "in front in trusted_cidrs, or give --trusted_cidrs"));
}

TEST(WorkedExample, AsksForNothingThatTheOperatorSaid) {
  const Imported result = imported(read("production.yaml"), {.trusted_cidrs = {"10.100.0.9/32"}});
  EXPECT_THAT(result.report, ElementsAre(::testing::HasSubstr("is not copied")));
  EXPECT_THAT(result.text, ::testing::Not(::testing::HasSubstr("0.0.0.0/32")));
}

TEST(WorkedExample, CutAnywhereIsReadAsFarAsItGoes) {
  for (const char* name : {"edge.yaml", "production.yaml"}) {
    const std::string whole = read(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Imported result = imported(whole.substr(0, length));
      if (result.text.empty()) continue;
      EXPECT_THAT(mistakes(result.text), IsEmpty()) << name << " cut at " << length;
    }
  }
}

TEST(WorkedExample, WithAnyLineLeftOutLoadsOrSaysWhy) {
  const std::string whole = read("production.yaml");
  for (std::size_t begin = 0; begin < whole.size();) {
    const std::size_t end = whole.find('\n', begin) + 1;
    const Imported result = imported(whole.substr(0, begin) + whole.substr(end));
    if (result.text.empty()) {
      EXPECT_FALSE(result.report.empty()) << "without " << whole.substr(begin, end - begin);
    } else {
      EXPECT_THAT(mistakes(result.text), IsEmpty()) << "without " << whole.substr(begin, end - begin);
    }
    begin = end;
  }
}

}  // namespace
}  // namespace realpeer::importing
