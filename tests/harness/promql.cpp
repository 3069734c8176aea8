#include "harness/promql.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace realpeer::testing {
namespace {

constexpr std::array kBinary{"and", "or", "unless", "offset", "bool"};
constexpr std::array kAggregations{"sum", "min", "max", "avg", "count", "topk", "quantile", "group"};
constexpr std::array kGroupings{"by", "without", "on", "ignoring", "group_left", "group_right"};

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; }
bool in_name(char c) { return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }

template <typename Words>
bool is_one_of(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Reads from the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  void skip_blanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
  }
  [[nodiscard]] bool over() const { return rest_.empty(); }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }
  char take() {
    if (rest_.empty()) throw std::runtime_error("the text ends too soon");
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  void expect(char wanted) {
    skip_blanks();
    if (take() != wanted) throw std::runtime_error(std::string("no ") + wanted + " before: " + std::string(rest_));
  }
  template <typename Of>
  std::string take_while(Of of) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), of);
    std::string taken(rest_.begin(), end);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string name() {
    skip_blanks();
    return take_while(in_name);
  }
  // In double quotes, with its escapes resolved.
  std::string quoted() {
    expect('"');
    std::string text;
    for (char c = take(); c != '"'; c = take()) text += c == '\\' ? take() : c;
    return text;
  }
  bool skips(char c) {
    skip_blanks();
    if (next() != c) return false;
    take();
    return true;
  }

 private:
  std::string_view rest_;
};

std::vector<Matcher> read_matchers(Cursor& at) {
  std::vector<Matcher> found;
  while (!at.skips('}')) {
    Matcher matcher;
    matcher.label = at.name();
    matcher.operation = at.take_while([](char c) { return c == '=' || c == '!' || c == '~'; });
    matcher.value = at.quoted();
    found.push_back(std::move(matcher));
    at.skips(',');
  }
  return found;
}

void read_word(Cursor& at, Query& query) {
  const std::string word = at.name();
  at.skip_blanks();
  if (is_one_of(kGroupings, word)) {
    if (!at.skips('(')) return;
    while (!at.skips(')')) {
      query.grouped.insert(at.name());
      at.skips(',');
    }
    return;
  }
  if (at.next() == '(' || is_one_of(kBinary, word) || is_one_of(kAggregations, word)) return;
  Selector selector{word, {}};
  if (at.skips('{')) selector.matchers = read_matchers(at);
  query.selectors.push_back(std::move(selector));
}

}  // namespace

Query read_query(std::string_view text) {
  Query query;
  Cursor at(text);
  for (at.skip_blanks(); !at.over(); at.skip_blanks()) {
    if (starts_name(at.next())) {
      read_word(at, query);
    } else if (std::isdigit(static_cast<unsigned char>(at.next())) != 0) {
      at.take_while([](char c) { return in_name(c) || c == '.'; });  // a number, or a time
    } else if (at.take() == '[') {
      at.take_while([](char c) { return c != ']'; });
    }
  }
  return query;
}

Exposition read_exposition(const std::string& text) {
  Exposition found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) found.typed.insert(Cursor(std::string_view(line).substr(7)).name());
    if (line.starts_with('#')) continue;
    Cursor at(line);
    const auto name = at.name();
    if (name.empty()) throw std::runtime_error("no sample: " + line);
    auto& labels = found.samples[name];
    if (!at.skips('{')) continue;
    for (const auto& matcher : read_matchers(at)) labels[matcher.label].insert(matcher.value);
  }
  return found;
}

}  // namespace realpeer::testing
