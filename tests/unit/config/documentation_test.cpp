// docs/configuration.md is held against the loader: the loader is asked which keys it knows, what it takes for them,
// and what it does without them; the reference has to say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/algorithm/string/join.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <set>

#include "config/effective.h"
#include "config/load.h"
#include "config/schema.h"
#include "places.h"
#include "reference.h"

namespace realpeer::config {
namespace {

using testing::HasSubstr;

// Of no kind at all, and near no word.
const std::string nonsense = "'!! !!'";

const Places& places() {
  static const Places all(complete_example());
  return all;
}

boost::json::object effective_of(const std::string& text) { return effective(load_text(text, "text").config); }

// Whether a setting of that whole name is at work anywhere: an empty list is none.
bool has(const boost::json::value& value, std::string_view key) {
  if (key.empty()) return !value.is_array() || !value.get_array().empty();
  if (key.starts_with("[]")) {
    return value.is_array() && std::ranges::any_of(value.get_array(), [key](const auto& item) {
             return has(item, key.substr(key.starts_with("[].") ? 3 : 2));
           });
  }
  if (!value.is_object()) return false;
  const auto step = key.substr(0, key.find_first_of(".["));
  const auto rest = key.substr(step.size() + (key.substr(step.size()).starts_with('.') ? 1 : 0));
  return std::ranges::any_of(value.get_object(), [&](const auto& entry) {
    return (step == "NAME" || step == entry.key()) && has(entry.value(), rest);
  });
}

bool loads(const std::string& text) { return load_text(text, "text").ok(); }

// The rest of the line after `begin`; nothing if it is not there.
std::optional<std::string> said_after(const std::string& text, const std::string& begin) {
  const auto found = text.find(begin);
  if (found == std::string::npos) return std::nullopt;
  const auto first = found + begin.size();
  return text.substr(first, text.find('\n', first) - first);
}

TEST(Reference, HasAnExampleThatLoadsWithoutAWord) {
  const std::string example = complete_example();
  ASSERT_FALSE(example.empty());
  EXPECT_EQ(complaints(example), "");
}

TEST(Reference, HasAnExampleThatUsesEveryKey) {
  for (const auto& key : places().known()) EXPECT_FALSE(places().where(key).empty()) << "no " << key;
}

TEST(Reference, HasEveryKeyOnceAndNoOther) {
  std::vector<std::string> documented;
  for (const auto& row : documented_keys()) documented.push_back(row.key);
  EXPECT_THAT(documented, testing::UnorderedElementsAreArray(places().known()));
}

TEST(Reference, NamesEveryKeyThatIsNotAvailable) {
  const std::string text = reference();
  for (const auto& key : keys::root.unavailable) EXPECT_THAT(text, HasSubstr("`" + std::string(key) + "`"));
}

// What the loader says where the key has another value.
std::string said_of(const std::string& key, const std::string& yaml) {
  return complaints(places().with(places().where(key), yaml));
}

// The same; where the key is a list, of one such item.
std::string said_of_value(const std::string& key, const std::string& value) {
  const auto said = said_of(key, value);
  return said.find("must be a list") == std::string::npos ? said : said_of(key, "[" + value + "]");
}

// The loader names the kind it wanted.
TEST(Reference, HasTheTypesThatTheLoaderAsksFor) {
  struct Kind {
    std::string said;
    std::string type;
  };
  const Kind kinds[] = {
      {"must be a map", "map"},  {"must be a list", "list"},          {"is not a duration", "duration"},
      {"is not a size", "size"}, {"is not a whole number", "number"}, {"is not a rate", "rate"},
      {"is not known", "word"},  {"cannot be a name", "name"}};
  std::set<std::string> asked_for;
  for (const auto& row : documented_keys()) {
    const auto said = said_of(row.key, nonsense);
    for (const auto& kind : kinds) {
      if (said.find(kind.said) == std::string::npos) continue;
      EXPECT_THAT(row.type, HasSubstr(kind.type)) << row.key << ": " << said;
      asked_for.insert(kind.type);
    }
  }
  EXPECT_EQ(asked_for.size(), std::size(kinds));
}

// A value that is too large makes the loader say what it takes.
TEST(Reference, HasTheRangesThatTheLoaderKeeps) {
  int told = 0;
  for (const auto& row : documented_keys()) {
    for (const std::string value : {"99999999999", "9999999h", "9999999MiB", "99999999999/s"}) {
      const auto range = said_after(said_of(row.key, value), "is out of range: write ");
      if (!range) continue;
      EXPECT_THAT(row.range, HasSubstr(*range)) << row.key << ": " << value;
      ++told;
    }
  }
  EXPECT_GT(told, 20);
}

TEST(Reference, HasTheWordsThatTheLoaderKnows) {
  int told = 0;
  for (const auto& row : documented_keys()) {
    const auto choice = said_after(said_of_value(row.key, nonsense), "choose one of ");
    if (!choice) continue;
    const auto words = choice->substr(0, choice->find(", or "));
    EXPECT_THAT(boost::algorithm::join(code_in(row.range), ", "), HasSubstr(words)) << row.key;
    ++told;
  }
  EXPECT_GT(told, 10);
}

// --- defaults: "required", "none", a value in code, or something else in words ---

// Of a key with values in code: written or left out, it is the same. Where the default depends on another setting, the
// reference has all there are.
void expect_to_be_at_work(const DocumentedKey& row) {
  const auto values = code_in(row.fallback);
  int compared = 0;
  for (const auto& where : places().where(row.key)) {
    const std::string absent = places().without({where});
    if (!loads(absent)) continue;  // another setting of the example needs it
    ++compared;
    EXPECT_TRUE(std::ranges::any_of(values,
                                    [&](const std::string& value) {
                                      const std::string present = places().with({where}, value);
                                      return loads(present) && effective_of(present) == effective_of(absent);
                                    }))
        << row.key << ": " << row.fallback;
  }
  EXPECT_GT(compared, 0) << row.key;
}

TEST(Reference, HasADefaultOfEveryKey) {
  for (const auto& row : documented_keys()) EXPECT_NE(row.fallback, "") << row.key;
}

TEST(Reference, HasTheDefaultsThatAreAtWork) {
  for (const auto& row : documented_keys()) {
    if (row.fallback.starts_with("`")) expect_to_be_at_work(row);
  }
}

TEST(Reference, CallsRequiredWhatIsMissedWhereItIsLeftOut) {
  for (const auto& row : documented_keys()) {
    if (row.fallback != "required") continue;
    for (const auto& where : places().where(row.key)) {
      const std::string absent = places().without({where});
      EXPECT_FALSE(loads(absent)) << row.key;
      EXPECT_THAT(complaints(absent), HasSubstr(std::get<std::string>(where.back())));
    }
  }
}

TEST(Reference, GivesNoDefaultWhereNothingIsAtWork) {
  for (const auto& row : documented_keys()) {
    if (row.fallback != "none") continue;
    const std::string absent = places().without(places().where(row.key));
    EXPECT_FALSE(loads(absent) && has(effective_of(absent), row.key)) << row.key;
  }
}

}  // namespace
}  // namespace realpeer::config
