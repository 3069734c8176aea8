#include <algorithm>
#include <boost/algorithm/hex.hpp>
#include <boost/json.hpp>
#include <iterator>

#include "commands/finding.h"
#include "net/bytes.h"
#include "terminal/text.h"

namespace realpeer::commands {

namespace json = boost::json;

namespace {

std::string text(const json::value& value) { return value.is_string() ? json::value_to<std::string>(value) : ""; }

// Values are any bytes, and most often text.
std::string value_text(const std::string& hex) {
  constexpr std::size_t longest = 64;  // characters shown
  std::string value;
  boost::algorithm::unhex(hex, std::back_inserter(value));
  const bool readable = std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~' && c != '"'; });
  const std::string& shown = readable ? value : hex;
  const std::string quote = readable ? "\"" : "";
  return quote + shown.substr(0, longest) + quote + (shown.size() > longest ? "..." : "");
}

std::string tlvs_text(const json::array& tlvs);

std::string tlv_text(const json::object& tlv) {
  const json::value* name = tlv.if_contains("name");
  std::string type = name != nullptr ? text(*name) : hex_text(tlv.at("type").to_number<std::uint8_t>());
  if (type == "noop") return type;
  const json::value* ssl = tlv.if_contains("ssl");
  if (ssl == nullptr) return type + " " + value_text(text(tlv.at("hex")));
  const json::array& nested = ssl->at("tlvs").as_array();
  return type + " (client " + json::serialize(ssl->at("client")) + ", verify " + json::serialize(ssl->at("verify")) +
         (nested.empty() ? "" : ", ") + tlvs_text(nested) + ")";
}

std::string tlvs_text(const json::array& tlvs) {
  std::string all;
  for (const json::value& tlv : tlvs) all += (all.empty() ? "" : ", ") + tlv_text(tlv.as_object());
  return all;
}

std::string address_text(const json::value& address) {
  return address.is_null() ? "unnamed" : terminal::printable(text(address));  // a path of family unix may be anything
}

std::string header_text(const json::object& header) {
  const json::value& source = header.at("src");
  const json::value& destination = header.at("dst");
  std::string all = "version " + json::serialize(header.at("version"));
  if (source.is_null() && destination.is_null()) {
    all += ", names no client";
  } else {
    all += ", " + address_text(source) + " -> " + address_text(destination);
  }
  const json::array& tlvs = header.at("tlvs").as_array();
  return all + (tlvs.empty() ? "" : "; ") + tlvs_text(tlvs);
}

std::string instead_text(const json::object& finding) {
  std::string what = text(finding.at("instead"));
  const json::value* name = finding.if_contains("sni");
  if (name != nullptr && name->is_string()) what += " for " + text(*name);
  const json::value* incomplete = finding.if_contains("incomplete");
  return incomplete == nullptr ? what : what + ", " + text(*incomplete);
}

}  // namespace

std::string finding_in_words(const json::object& finding) {
  const std::string result = text(finding.at("result"));
  std::string line = text(finding.at("ts")) + "  " + text(finding.at("tcp_src")) +
                     (result == "unknown" ? " - " : " -> ") + text(finding.at("tcp_dst")) + "  " + result + ": ";
  if (finding.contains("header_length")) return line + header_text(finding);
  const std::string reason = finding.contains("reason") ? text(finding.at("reason")) : "";
  if (reason == "header_missing") return line + reason + ", instead " + instead_text(finding);
  return line + (reason.empty() ? "" : reason + ": ") + text(finding.at("detail"));
}

}  // namespace realpeer::commands
