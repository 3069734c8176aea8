#include "tls/extensions.h"

#include "net/bytes.h"
#include "tls/wire.h"

namespace realpeer::tls {

namespace {

bool may_stand_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

Malformed bad_character(std::size_t at, std::uint8_t byte) {
  if (byte == 0) return malformed(HelloProblem::bad_server_name, at, "a NUL in the server name");
  std::string text = hex_text(byte) + " in the server name, ";
  text += byte >= 0x80 ? "which must be ASCII: an international name is sent as its A-label, xn--..."
                       : "where letters, digits, '-', '_' and '.' may stand";
  return malformed(HelloProblem::bad_server_name, at, text);
}

std::optional<Malformed> check_host_name(const Fields& field) {
  const std::string_view name = field.rest();
  if (name.empty()) return malformed(HelloProblem::bad_server_name, field.at(), "an empty server name");
  if (name.size() > wire::max_host_name) {
    return malformed(HelloProblem::bad_server_name, field.at(),
                     "a server name of " + std::to_string(name.size()) + " bytes, more than 253");
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!may_stand_in_name(name[i])) return bad_character(field.at() + i, u8_at(name, i));
    const bool label_begins = i == 0 || name[i - 1] == '.';
    if (name[i] == '.' && label_begins) {
      return malformed(HelloProblem::bad_server_name, field.at() + i, "an empty label in the server name");
    }
  }
  return std::nullopt;
}

// The list that is all of an extension's content, and not empty.
boost::system::result<Fields, Malformed> only_list(Fields content, HelloProblem when_empty, std::string_view name) {
  if (content.empty()) {
    return malformed(when_empty, content.at(), "an empty extension where " + std::string(name) + " must stand");
  }
  auto list = content.vector(2, name);
  if (!list) return list;
  if (!content.empty()) {
    return malformed(HelloProblem::bad_length, content.at(),
                     std::to_string(content.left()) + " bytes follow " + std::string(name) + " in its extension");
  }
  if (list->empty()) return malformed(when_empty, list->at(), std::string(name) + " is empty");
  return list;
}

}  // namespace

std::optional<Malformed> read_server_name(Fields content, std::string& name) {
  auto list = only_list(content, HelloProblem::bad_server_name, "the list of server names");
  if (!list) return list.error();
  bool found = false;
  while (!list->empty()) {
    const std::size_t at = list->at();
    const auto type = list->number(1, "a name's type");
    if (!type) return type.error();
    // Other types are not defined; RFC 6066 gives no rule to skip them, every implementation's is this length.
    const auto entry = list->vector(2, "a server name");
    if (!entry) return entry.error();
    if (*type != wire::name_type_host_name) continue;
    if (found) return malformed(HelloProblem::several_server_names, at, "a second host name");
    if (auto bad = check_host_name(*entry)) return bad;
    found = true;
    name = entry->rest();
  }
  return std::nullopt;
}

std::optional<Malformed> read_alpn(Fields content, std::vector<std::string>& protocols) {
  auto list = only_list(content, HelloProblem::bad_alpn, "the list of ALPN protocols");
  if (!list) return list.error();
  while (!list->empty()) {
    const auto protocol = list->vector(1, "an ALPN protocol");
    if (!protocol) return protocol.error();
    if (protocol->empty()) return malformed(HelloProblem::bad_alpn, protocol->at(), "an empty ALPN protocol");
    protocols.emplace_back(protocol->rest());
  }
  return std::nullopt;
}

}  // namespace realpeer::tls
