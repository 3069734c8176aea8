// docs/configuration.md is read as it stands: its example loads, and no key is left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "config/schema.h"
#include "reference.h"

namespace realpeer::config {
namespace {

using testing::HasSubstr;

TEST(Reference, HasAnExampleThatLoadsWithoutAWord) {
  const std::string example = complete_example();
  ASSERT_FALSE(example.empty());
  const Loaded loaded = load_text(example, "example");
  for (const Diagnostic& diagnostic : loaded.diagnostics) ADD_FAILURE() << diagnostic.to_string();
}

TEST(Reference, HasAnExampleThatUsesEveryKey) {
  const std::string example = complete_example();
  for (const Keys& keys :
       {keys::root, keys::admission, keys::peername, keys::listener, keys::tls, keys::certificate, keys::route,
        keys::http_rule, keys::name_route, keys::backend, keys::endpoint, keys::health, keys::ejection, keys::limits,
        keys::per_client, keys::per_source_syn, keys::timeouts, keys::log, keys::admin}) {
    for (const std::string_view key : keys.known) {
      EXPECT_NE(example.find(std::string(key) + ":"), std::string::npos) << "the example is without " << key;
    }
  }
}

TEST(Reference, NamesEveryKeyThatIsNotAvailable) {
  const std::string text = reference();
  for (const Keys& keys : {keys::root, keys::listener, keys::route, keys::backend, keys::limits, keys::per_client}) {
    for (const std::string_view key : keys.unavailable) EXPECT_THAT(text, HasSubstr("`" + std::string(key) + "`"));
  }
}

}  // namespace
}  // namespace realpeer::config
