// Documents of a version that is not known.
#include "admin_client/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace realpeer::admin_client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const auto kValue = boost::json::parse(R"({"text":"a","number":7,"real":0.5,"flag":true,"null":null,
    "object":{"relay":1,"name":"x","sockmap":2},"list":[{"text":"b"},7,null,{"text":"c"}],"texts":["a",7,"b"]})");
const Fields kFields(kValue.get_object());

TEST(Fields, AreReadByTheirNames) {
  EXPECT_EQ(kFields.text("text"), "a");
  EXPECT_EQ(kFields.number("number"), 7);
  EXPECT_EQ(kFields.number("real"), 0.5);
  EXPECT_TRUE(kFields.flag("flag"));
  EXPECT_TRUE(kFields.is_null("null"));
  EXPECT_FALSE(kFields.is_null("number"));
  EXPECT_THAT(kFields.fields("object").numbers(), ElementsAre(Pair("relay", 1), Pair("sockmap", 2)));
  EXPECT_EQ(kFields.fields("object").sum(), 3);
  ASSERT_EQ(kFields.list("list").size(), 2U);
  EXPECT_EQ(kFields.list("list").back().text("text"), "c");
  EXPECT_THAT(kFields.texts("texts"), ElementsAre("a", "b"));
}

TEST(Fields, AreEmptyWhereTheyAreMissingOrOfAnotherKind) {
  for (const char* name : {"none", "null", "object", "list"}) {
    EXPECT_EQ(kFields.text(name), "") << name;
    EXPECT_EQ(kFields.number(name), 0) << name;
    EXPECT_FALSE(kFields.flag(name)) << name;
  }
  for (const char* name : {"none", "null", "text", "number"}) {
    EXPECT_EQ(kFields.fields(name).text("text"), "") << name;
    EXPECT_THAT(kFields.list(name), IsEmpty()) << name;
    EXPECT_THAT(kFields.texts(name), IsEmpty()) << name;
    EXPECT_THAT(kFields.fields(name).numbers(), IsEmpty()) << name;
  }
  EXPECT_TRUE(Fields(nullptr).is_null("text"));
}

}  // namespace
}  // namespace realpeer::admin_client
