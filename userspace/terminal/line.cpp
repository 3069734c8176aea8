#include "terminal/line.h"

#include <algorithm>

#include "terminal/text.h"

namespace realpeer::terminal {

namespace {

std::string_view sequence(Style style) {
  switch (style) {
    case Style::plain: return "";
    case Style::strong: return "\x1b[1m";
    case Style::dim: return "\x1b[2m";
    case Style::good: return "\x1b[32m";
    case Style::warning: return "\x1b[33m";
    case Style::bad: return "\x1b[31m";
  }
  return "";
}

constexpr std::string_view back_to_plain = "\x1b[0m";

// The first `count` columns.
std::string_view beginning(std::string_view text, std::size_t count) {
  std::size_t bytes = 0;
  while (bytes < text.size() && columns(text.substr(0, bytes + 1)) <= count) ++bytes;
  return text.substr(0, bytes);
}

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

Line& Line::add(std::string_view text, Style style) {
  if (!text.empty()) spans_.push_back({printable(text), style});
  return *this;
}

Line& Line::add(const Line& more) {
  spans_.insert(spans_.end(), more.spans_.begin(), more.spans_.end());
  return *this;
}

Line& Line::pad(std::size_t to) {
  const std::size_t now = columns();
  return now < to ? add(std::string(to - now, ' ')) : *this;
}

void Line::cut(std::size_t width) {
  if (columns() <= width) return;
  std::size_t room = width - std::min<std::size_t>(width, 1);
  for (auto& span : spans_) {
    span.text = beginning(span.text, room);
    room -= terminal::columns(span.text);
  }
  std::erase_if(spans_, [](const Span& span) { return span.text.empty(); });
  if (width > 0) spans_.push_back({">", Style::dim});
}

std::size_t Line::columns() const {
  std::size_t sum = 0;
  for (const auto& span : spans_) sum += terminal::columns(span.text);
  return sum;
}

std::string Line::to_string(bool coloured) const {
  std::string text;
  std::size_t end = 0;  // of what is not a space
  for (const auto& span : spans_) {
    const bool marked = coloured && span.style != Style::plain;
    const std::size_t last = span.text.find_last_not_of(' ');
    if (marked) text += sequence(span.style);
    if (last != std::string::npos) end = text.size() + last + 1;
    text += span.text;
    if (!marked) continue;
    if (last != std::string::npos) end = text.size() + back_to_plain.size();
    text += back_to_plain;
  }
  text.resize(end);
  return text;
}

std::string to_string(const Lines& lines, bool coloured) {
  std::string text;
  for (const auto& line : lines) text += line.to_string(coloured) + "\n";
  return text;
}

void append_wrapped(Lines& lines, const Line& begin, std::string_view text, std::size_t width, Style style) {
  const std::string shown = printable(text);
  std::string_view rest = shown;
  const std::size_t indent = begin.columns();
  Line line = begin;
  std::string words;
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
    if (!words.empty() && indent + columns(words) + 1 + columns(word) > width) {
      lines.push_back(line.add(words, style));
      line = Line().pad(indent);
      words.clear();
    }
    words += (words.empty() ? "" : " ") + std::string(word);
  }
  lines.push_back(line.add(words, style));
}

}  // namespace realpeer::terminal
