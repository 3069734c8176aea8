#include "harness/http_message.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>
#include <stdexcept>

namespace realpeer::testing {
namespace {

constexpr std::size_t kLongestHead = std::size_t{1} << 20;

bool same_name(std::string_view one, std::string_view other) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(one, other, {}, lower, lower);
}

[[noreturn]] void no_http(const std::string& what) { throw std::runtime_error("no HTTP: " + what); }

std::string read_line(const ReadExactly& read) {
  std::string line;
  while (!line.ends_with("\r\n")) {
    line += read(1);
    if (line.size() > kLongestHead) no_http("a line without end");
  }
  return line.substr(0, line.size() - 2);
}

std::pair<std::string, std::string> field_of(const std::string& line) {
  const auto colon = line.find(':');
  if (colon == std::string::npos) no_http("a field without a colon: " + line);
  const auto value = line.find_first_not_of(" \t", colon + 1);
  return {line.substr(0, colon), value == std::string::npos ? "" : line.substr(value)};
}

HttpFields read_fields(const ReadExactly& read, std::string& raw) {
  HttpFields fields;
  for (;;) {
    const auto line = read_line(read);
    raw += line + "\r\n";
    if (line.empty()) return fields;
    fields.push_back(field_of(line));
  }
}

std::size_t number(const std::string& text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) no_http("no number: " + text);
  return value;
}

void read_body(const ReadExactly& read, HttpMessage& message) {
  if (message.field("Transfer-Encoding") == "chunked") {
    while (true) {
      const auto part = read_chunk(read);
      if (part.empty()) break;
      message.body += part;
    }
    std::string raw;
    message.trailer = read_fields(read, raw);
  } else if (message.has("Content-Length")) {
    message.body = read(number(message.field("Content-Length"), 10));
  }
}

}  // namespace

std::string HttpMessage::target() const {
  const auto begin = head.find(' ') + 1;
  return head.substr(begin, head.find(' ', begin) - begin);
}

int HttpMessage::status() const {
  if (!head.starts_with("HTTP/1.1 ")) no_http("a response that begins with: " + first_line());
  return static_cast<int>(number(head.substr(9, 3), 10));
}

bool HttpMessage::has(std::string_view name) const {
  return std::ranges::any_of(fields, [name](const auto& field) { return same_name(field.first, name); });
}

std::string HttpMessage::field(std::string_view name) const {
  std::string all;
  for (const auto& [its_name, value] : fields) {
    if (same_name(its_name, name)) all += (all.empty() ? "" : " & ") + value;
  }
  return all;
}

HttpMessage read_head(const ReadExactly& read) {
  HttpMessage message{.head = read_line(read) + "\r\n"};
  message.fields = read_fields(read, message.head);
  return message;
}

HttpMessage read_request(const ReadExactly& read) {
  auto request = read_head(read);
  read_body(read, request);
  return request;
}

HttpMessage read_response(const ReadExactly& read, bool to_head) {
  auto response = read_head(read);
  const auto status = response.status();
  if (!to_head && status >= 200 && status != 204 && status != 304) read_body(read, response);
  return response;
}

std::string chunk(std::string_view bytes) {
  std::ostringstream text;
  text << std::hex << bytes.size() << "\r\n" << bytes << (bytes.empty() ? "" : "\r\n");
  return text.str();
}

std::string read_chunk(const ReadExactly& read) {
  const auto size = number(read_line(read), 16);
  auto bytes = read(size);
  if (size > 0 && !read_line(read).empty()) no_http("a chunk that is longer than it says");
  return bytes;
}

}  // namespace realpeer::testing
