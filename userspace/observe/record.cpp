#include "observe/record.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <ctime>

#include "observe/printable.h"

namespace realpeer::observe {
namespace {

namespace json = boost::json;

std::string hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text.push_back(digits[static_cast<unsigned char>(byte) >> 4U]);
    text.push_back(digits[static_cast<unsigned char>(byte) & 0xFU]);
  }
  return text;
}

// Strangers' paths may be any bytes.
json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(json_text(text));
}

json::object to_object(const RequestRecord& request) {
  return {{"id", request.id},
          {"method", text_or_null(request.method)},
          {"host", text_or_null(request.host)},
          {"path", text_or_null(request.path)},
          {"status", request.status == 0 ? json::value(nullptr) : json::value(request.status)}};
}

}  // namespace

void shorten(Record& record) {
  constexpr std::size_t most = 256;  // bytes of each
  if (!record.request) return;
  for (std::string* text : {&record.request->host, &record.request->path}) {
    if (text->size() <= most) continue;
    text->resize(most);
    text->append("...");
    text->shrink_to_fit();
  }
}

std::string timestamp(std::chrono::system_clock::time_point when) {
  const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch());
  const auto seconds = static_cast<std::time_t>(since_epoch.count() / 1000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text.data() + length, text.size() - length, ".%03dZ", static_cast<int>(since_epoch.count() % 1000));
  return text.data();
}

std::string readable(std::string_view bytes) {
  const bool text = std::ranges::all_of(bytes, [](char c) { return c > ' ' && c <= '~'; });
  return text ? std::string(bytes) : hex(bytes);
}

json::object to_object(const Record& record, std::chrono::steady_clock::time_point now) {
  json::object line;
  line["ts"] = timestamp(record.started);
  line["id"] = std::to_string(record.id);
  line["listener"] = record.listener;
  line["peer_addr"] = net::to_string(record.peer);
  line["client_addr"] = record.client ? json::value(net::to_string(*record.client)) : json::value(nullptr);
  line["client_source"] = record.client ? json::value(to_string(record.source)) : json::value(nullptr);
  line["trusted"] = record.trusted;
  json::array types;
  for (const auto type : record.tlv_types) types.emplace_back(type);
  line["tlv_types"] = std::move(types);
  line["unique_id"] = text_or_null(readable(record.unique_id));
  line["sni"] = text_or_null(record.server_name);
  line["backend"] = text_or_null(record.backend);
  line["endpoint"] = text_or_null(record.endpoint);
  line["identity"] = text_or_null(record.identity);
  const auto& delivered = record.identity_delivered;
  line["identity_delivered"] = delivered ? json::value(*delivered) : json::value(nullptr);
  line["path"] = text_or_null(record.path);
  line["bytes_in"] = record.bytes_in;
  line["bytes_out"] = record.bytes_out;
  line["bytes_spliced"] = record.bytes_spliced;
  line["duration_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(now - record.since).count();
  line["end"] = record.end;
  line["reason"] = text_or_null(policy::to_string(record.reason));
  if (record.request) line["request"] = to_object(*record.request);
  if (!record.looks_like.empty()) line["looks_like"] = record.looks_like;
  if (!record.detail.empty()) line["detail"] = json_text(record.detail);
  return line;
}

std::string to_json(const Record& record, std::chrono::steady_clock::time_point now) {
  return json::serialize(to_object(record, now));
}

}  // namespace realpeer::observe
