#include "commands/finding.h"

#include <boost/json.hpp>

#include "commands/decode_json.h"
#include "observe/record.h"
#include "tls/client_hello.h"

namespace realpeer::commands {

namespace json = boost::json;

namespace {

using capture::End;
using capture::Finding;

// Of a header or ClientHello that has begun, or should have.
std::string why_incomplete(const Finding& finding) {
  const std::size_t bytes = finding.bytes.size();
  const std::string after = " after " + std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  switch (finding.end) {
    case End::cut: return "cut by the capture" + after;
    case End::missing: return "packets are missing in it" + after;
    case End::closed: return "the client closed" + after;
    case End::refused:
    case End::reset: return "the connection was reset" + after;
    case End::reused: return "a new connection took the same ports" + after;
    case End::unwatched: return "too many others were being watched" + after;
    default: return "it ends" + after;
  }
}

std::string why_nothing(End end) {
  switch (end) {
    case End::closed: return ", and closed";
    case End::reset: return ", and the connection was reset";
    case End::refused: return ", the server refused the connection";
    case End::unanswered: return ", the server did not answer";
    case End::reused: return ", and a new connection took the same ports";
    default: return " as far as the capture goes";
  }
}

std::string_view why_unknown(End end) {
  switch (end) {
    case End::began_before: return "the capture begins in the middle of this connection";
    case End::forgotten: return "the beginning of this connection is not in the capture, or too long ago";
    default: return "too many others were being watched when the client had not sent a byte yet";
  }
}

bool is_unknown(const Finding& finding) {
  return finding.end == End::began_before || finding.end == End::forgotten ||
         (finding.end == End::unwatched && finding.bytes.empty());
}

bool is_nothing(const Finding& finding) {
  return finding.bytes.empty() && finding.end != End::cut && finding.end != End::missing;
}

json::object result_of(const Finding& finding, const proxy_protocol::DecodeOptions& options) {
  if (is_unknown(finding)) return {{"result", "unknown"}, {"detail", why_unknown(finding.end)}};
  if (is_nothing(finding)) {
    return {{"result", "nothing"}, {"detail", "the client sent no byte" + why_nothing(finding.end)}};
  }
  json::object object = decode_to_json(std::as_bytes(std::span(finding.bytes)), options);
  if (object.at("result") == "need_more") {
    object["detail"] = "the header is not complete in the capture: " + why_incomplete(finding);
  }
  return object;
}

void add_server_name(const Finding& finding, json::object& object) {
  const auto reading = tls::read_client_hello(std::as_bytes(std::span(finding.bytes)));
  const auto* hello = std::get_if<tls::ClientHello>(&reading);
  const bool named = hello != nullptr && !hello->server_name.empty();
  object["sni"] = named ? json::value(hello->server_name) : json::value(nullptr);
  if (std::holds_alternative<tls::NeedMore>(reading)) object["incomplete"] = why_incomplete(finding);
}

}  // namespace

json::object finding_to_json(const Finding& finding, const proxy_protocol::DecodeOptions& options) {
  json::object object{{"ts", observe::timestamp(finding.began)},
                      {"tcp_src", net::to_string(finding.client)},
                      {"tcp_dst", net::to_string(finding.server)}};
  for (const auto& field : result_of(finding, options)) object.insert(field);
  const json::value* looks_like = object.if_contains("looks_like");
  object["instead"] = looks_like != nullptr           ? *looks_like
                      : object["result"] == "nothing" ? json::value("nothing")
                                                      : json::value(nullptr);
  if (object["instead"] == "tls_client_hello") add_server_name(finding, object);
  return object;
}

}  // namespace realpeer::commands
