#include "http/head.h"

#include <algorithm>
#include <string>

#include "http/authority.h"
#include "http/characters.h"
#include "http/fields.h"

namespace realpeer::http {
namespace {

constexpr std::string_view line_end = "\r\n";

Fault bad(std::string detail) { return {.status = 400, .detail = std::move(detail)}; }

std::string_view trimmed(std::string_view value) {
  const auto first = value.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Cuts the next line off, without its end. A head that find_end_of_head() has seen has whole lines only.
std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find(line_end);
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), line.size() + line_end.size()));
  return line;
}

struct RequestLine {
  std::string_view method;
  std::string_view target;
  std::string_view version;
};

std::optional<Fault> judge_version(std::string_view version) {
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                           version[6] == '.' && is_digit(version[7]);
  if (!well_formed) return bad("the request line does not end with a version");
  return Fault{.status = 505, .detail = "the version is neither HTTP/1.1 nor HTTP/1.0"};
}

// method SP target SP version, with single spaces.
boost::system::result<RequestLine, Fault> read_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return bad("the request line has not three parts");
  const RequestLine parts{line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)};
  if (!is_token(parts.method)) return bad("the method is no token");
  const auto visible = [](char c) { return is_value_character(c) && c != ' ' && c != '\t'; };
  if (parts.target.empty() || !std::ranges::all_of(parts.target, visible))
    return bad("the target is empty or has blanks");
  if (const auto fault = judge_version(parts.version)) return *fault;
  return parts;
}

// What the fields say about the body and the host.
struct Framing {
  unsigned lengths = 0;
  unsigned codings = 0;
  unsigned hosts = 0;
  std::string_view length;
  std::string_view coding;
  std::string_view host;
};

std::optional<Fault> read_field(std::string_view line, Framing& framing) {
  if (line.starts_with(' ') || line.starts_with('\t')) return bad("a folded line");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return bad("a field without a colon");
  const auto name = line.substr(0, colon);
  if (name.ends_with(' ') || name.ends_with('\t')) return bad("a blank before the colon of a field");
  if (!is_token(name)) return bad("a field's name is no token");
  const auto value = line.substr(colon + 1);
  if (!std::ranges::all_of(value, is_value_character)) return bad("a control character in a field");
  const auto note = [&](std::string_view known, unsigned& count, std::string_view& kept) {
    if (!iequals(name, known)) return;
    ++count;
    kept = trimmed(value);
  };
  note("Content-Length", framing.lengths, framing.length);
  note("Transfer-Encoding", framing.codings, framing.coding);
  note("Host", framing.hosts, framing.host);
  return std::nullopt;
}

// RFC 9112, section 6.3, without its leniencies.
std::optional<Fault> judge_body(const Framing& framing, std::string_view version) {
  constexpr std::size_t most_digits = 18;  // of a number below 2^63
  if (framing.lengths > 1) return bad("more than one Content-Length");
  if (framing.codings > 1) return bad("more than one Transfer-Encoding");
  if (framing.lengths > 0 && framing.codings > 0) return bad("Content-Length beside Transfer-Encoding");
  if (framing.codings > 0 && version == "HTTP/1.0") return bad("Transfer-Encoding in HTTP/1.0");
  if (framing.codings > 0 && !iequals(framing.coding, "chunked")) {
    return Fault{.status = 501, .detail = "a Transfer-Encoding other than chunked"};
  }
  const bool number =
      !framing.length.empty() && framing.length.size() <= most_digits && std::ranges::all_of(framing.length, is_digit);
  if (framing.lengths > 0 && !number) return bad("Content-Length is no number of bytes");
  return std::nullopt;
}

std::optional<Fault> judge_host(const Framing& framing, std::string_view version) {
  if (framing.hosts > 1) return bad("more than one Host");
  if (framing.hosts == 0 && version == "HTTP/1.1") return bad("no Host");
  if (framing.hosts == 1 && !is_authority(framing.host)) return bad("Host is neither a name nor an address");
  return std::nullopt;
}

}  // namespace

boost::system::result<std::optional<std::size_t>, Fault> find_end_of_head(std::string_view bytes, std::size_t seen) {
  const auto most = std::min(bytes.size(), longest_head);
  for (std::size_t i = seen; i < most; ++i) {
    if (bytes[i] == '\0') return bad("a zero byte in the head");
    if (bytes[i] != '\n') continue;
    if (i == 0 || bytes[i - 1] != '\r') return bad("a line that ends without a carriage return");
    if (bytes.substr(0, i + 1).ends_with("\r\n\r\n")) return std::optional(i + 1);
  }
  if (bytes.size() >= longest_head) return Fault{.status = 431, .detail = "the head is longer than 64 KiB"};
  return std::optional<std::size_t>();
}

std::optional<Fault> fault_in_head(std::string_view head) {
  const auto line = read_request_line(next_line(head));
  if (!line) return line.error();
  Framing framing;
  std::size_t fields = 0;
  for (auto field = next_line(head); !field.empty(); field = next_line(head)) {
    if (++fields > most_fields) return Fault{.status = 431, .detail = "more than 256 fields"};
    if (auto fault = read_field(field, framing)) return fault;
  }
  if (auto fault = judge_body(framing, line->version)) return fault;
  return judge_host(framing, line->version);
}

}  // namespace realpeer::http
