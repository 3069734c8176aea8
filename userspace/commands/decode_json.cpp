#include "commands/decode_json.h"

#include <algorithm>
#include <boost/algorithm/hex.hpp>
#include <boost/json.hpp>
#include <iterator>

#include "net/bytes.h"
#include "proxy_protocol/tlv.h"
#include "proxy_protocol/wire.h"

namespace realpeer::commands {

namespace json = boost::json;
namespace pp = proxy_protocol;

namespace {

constexpr std::size_t max_payload_shown = 256;  // bytes; payload_length tells of the rest

std::string to_hex(std::string_view bytes) {
  std::string hex;
  boost::algorithm::hex_lower(bytes.begin(), bytes.end(), std::back_inserter(hex));
  return hex;
}

std::string_view to_text(pp::Command command) { return command == pp::Command::local ? "local" : "proxy"; }

std::string_view to_text(pp::Family family) {
  switch (family) {
    case pp::Family::unspec: return "unspec";
    case pp::Family::inet: return "inet";
    case pp::Family::inet6: return "inet6";
    case pp::Family::unix_socket: return "unix";
  }
  return "";
}

std::string_view to_text(pp::Transport transport) {
  switch (transport) {
    case pp::Transport::unspec: return "unspec";
    case pp::Transport::stream: return "stream";
    case pp::Transport::dgram: return "dgram";
  }
  return "";
}

// A path may hold any bytes, JSON text may not: what is not ASCII stands as \xNN.
json::string path_text(std::string_view path) {
  json::string text;
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x80) {
      text.push_back(c);
    } else {
      text.append("\\x").append(to_hex({&c, 1}));
    }
  }
  return text;
}

// Null unless the header has an endpoint or a path; an unnamed unix socket has neither.
json::value address_value(const std::optional<net::Endpoint>& endpoint, const std::string& path) {
  if (endpoint) return json::string(net::to_string(*endpoint));
  if (path.empty()) return nullptr;
  return path_text(path);
}

json::array tlv_array(const std::vector<pp::Tlv>& tlvs, bool nested);

json::object tlv_object(const pp::Tlv& tlv, bool nested) {
  json::object object{{"type", tlv.type}};
  if (const auto name = pp::wire::tlv_name(tlv.type); !name.empty()) object["name"] = name;
  object["hex"] = to_hex(tlv.value);
  if (tlv.type == pp::wire::type_ssl && !nested) {
    if (const auto ssl = pp::parse_ssl(tlv.value)) {
      object["ssl"] = {{"client", ssl->client}, {"verify", ssl->verify}, {"tlvs", tlv_array(ssl->tlvs, true)}};
    }
  }
  return object;
}

json::array tlv_array(const std::vector<pp::Tlv>& tlvs, bool nested) {
  json::array array;
  for (const pp::Tlv& tlv : tlvs) array.push_back(tlv_object(tlv, nested));
  return array;
}

json::object describe(const pp::Accepted& accepted, std::string_view bytes) {
  const pp::Header& header = accepted.header;
  const std::string_view payload = bytes.substr(accepted.length);
  return {{"result", header.command == pp::Command::local ? "local" : "accept"},
          {"version", static_cast<int>(header.version)},
          {"command", to_text(header.command)},
          {"family", to_text(header.family)},
          {"transport", to_text(header.transport)},
          {"src", address_value(header.source, header.source_path)},
          {"dst", address_value(header.destination, header.destination_path)},
          {"tlvs", tlv_array(header.tlvs, false)},
          {"header_length", accepted.length},
          {"payload_length", payload.size()},
          {"payload_hex", to_hex(payload.substr(0, max_payload_shown))}};
}

json::object describe(const pp::Refused& refused, std::span<const std::byte> bytes) {
  json::object object{{"result", "reject"}, {"reason", policy::to_string(refused.reason)}, {"detail", refused.detail}};
  if (refused.reason == policy::RejectReason::header_missing) object["looks_like"] = pp::looks_like(bytes);
  return object;
}

}  // namespace

json::object decode_to_json(std::span<const std::byte> bytes, const pp::DecodeOptions& options) {
  const pp::Decoding decoding = pp::decode(bytes, options);
  if (const auto* accepted = std::get_if<pp::Accepted>(&decoding)) return describe(*accepted, as_text(bytes));
  if (const auto* refused = std::get_if<pp::Refused>(&decoding)) return describe(*refused, bytes);
  return {{"result", "need_more"}, {"at_least", std::get<pp::NeedMore>(decoding).at_least}};
}

}  // namespace realpeer::commands
