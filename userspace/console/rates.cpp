#include "console/rates.h"

#include <algorithm>

#include "console/parts.h"

namespace realpeer::console {

namespace {

using All = std::map<std::string, Counters>;

All listeners_of(const Sample& sample) {
  All all;
  for (const auto& listener : Fields(sample.listeners).list("listeners")) {
    const auto in = listener.fields("bytes").fields("in");
    const auto out = listener.fields("bytes").fields("out");
    all[listener.text("name")] = {.connections = listener.number("connections"),
                                  .refused = refused(listener),
                                  .in = in.sum(),
                                  .out = out.sum(),
                                  .spliced = in.number("sockmap") + out.number("sockmap")};
  }
  return all;
}

All endpoints_of(const Sample& sample) {
  All all;
  for (const auto& backend : Fields(sample.backends).list("backends")) {
    for (const auto& endpoint : backend.list("endpoints")) {
      all[backend.text("name") + " " + endpoint.text("endpoint")] = {.connections = endpoint.number("connections"),
                                                                     .refused = endpoint.number("failures")};
    }
  }
  return all;
}

All connections_of(const Sample& sample) {
  All all;
  for (const auto& connection : Fields(sample.connections).list("connections")) {
    all[connection.text("id")] = {.in = connection.number("bytes_in"),
                                  .out = connection.number("bytes_out"),
                                  .spliced = connection.number("bytes_spliced")};
  }
  return all;
}

// Of connections that began since.
void begin_with_nothing(const Sample& now, double elapsed, All& before) {
  for (const auto& connection : Fields(now.connections).list("connections")) {
    if (connection.number("duration_ms") < 1000 * elapsed) before.try_emplace(connection.text("id"));
  }
}

bool same_process(const Sample& one, const Sample& other) {
  return Fields(one.listeners).text("started") == Fields(other.listeners).text("started");
}

}  // namespace

Change::Change(const Sample& now, const Sample* before) {
  if (before == nullptr || !same_process(now, *before)) return;
  elapsed_ = std::chrono::duration<double>(now.taken - before->taken).count();
  listeners_ = {.before = listeners_of(*before), .now = listeners_of(now)};
  endpoints_ = {.before = endpoints_of(*before), .now = endpoints_of(now)};
  connections_ = {.before = connections_of(*before), .now = connections_of(now)};
  begin_with_nothing(now, elapsed_, connections_.before);
}

Rates Change::rates(const Both& both, const std::string& key) const {
  const auto before = both.before.find(key);
  const auto now = both.now.find(key);
  if (elapsed_ <= 0 || before == both.before.end() || now == both.now.end()) return std::nullopt;
  // An endpoint that went away and came back may count from the start.
  const auto rate = [&](double Counters::*what) {
    return std::max(0.0, now->second.*what - before->second.*what) / elapsed_;
  };
  return Counters{.connections = rate(&Counters::connections),
                  .refused = rate(&Counters::refused),
                  .in = rate(&Counters::in),
                  .out = rate(&Counters::out),
                  .spliced = rate(&Counters::spliced)};
}

}  // namespace realpeer::console
