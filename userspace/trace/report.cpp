#include "trace/report.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "terminal/text.h"

namespace realpeer::trace {

namespace {

namespace json = boost::json;

constexpr std::size_t columns = 6;
using Row = std::array<std::string, columns>;

std::string address_or(const std::optional<net::Endpoint>& endpoint, const char* otherwise) {
  return endpoint ? net::to_string(*endpoint) : otherwise;
}

std::string claimed(const Seen& seen) {
  if (seen.source == "proxy-v2" || seen.source == "proxy-v1") return address_or(seen.client, "-");
  if (seen.source == "xff") return address_or(seen.client, "-") + " (xff)";
  if (seen.source == "local") return "nobody (LOCAL)";
  if (seen.reason == "untrusted_header") return "not believed";
  if (seen.reason == "header_missing") return "no header: " + (seen.looks_like.empty() ? "?" : seen.looks_like);
  return "-";
}

std::string believed(const Seen& seen) {
  if (seen.client) return net::to_string(*seen.client);
  return seen.refused() ? "refused: " + seen.reason : "not known yet";
}

std::string emitted(const Seen& seen) {
  if (seen.refused() && seen.client) return "refused: " + seen.reason;
  if (seen.identity.empty() || seen.refused()) return "-";
  if (seen.identity == "none") return "nothing";
  const std::string client = address_or(seen.client, "nobody");
  if (seen.identity == "transparent") return client + " as its own address";
  if (seen.identity == "xff") return "X-Forwarded-For: " + (seen.client ? seen.client->address().to_string() : "");
  const std::string how = seen.delivered == false ? " (not delivered)" : "";
  return seen.identity + " " + client + how;
}

std::string standing(const Trace& trace, std::size_t hop) {
  const auto& fault = trace.verdict.fault;
  if (fault && fault->hop == hop) return fault->side == trace.hops.size() ? "ok" : "LOST";
  if (fault && fault->hop < hop) return "";
  return trace.hops[hop].daemon ? "ok" : "?";
}

Row row_of(const Trace& trace, std::size_t i) {
  const Hop& hop = trace.hops[i];
  if (!hop.daemon) {
    const std::string why = hop.trouble.empty() ? "no realpeer: see what the next hop was told" : "did not answer";
    return {hop.name, why, "", "", "", standing(trace, i)};
  }
  if (!hop.found) return {hop.name, "did not see the connection", "", "", "", standing(trace, i)};
  const Seen& seen = hop.found->seen;
  return {hop.name, net::to_string(seen.peer), claimed(seen), believed(seen), emitted(seen), standing(trace, i)};
}

std::string table(const Trace& trace) {
  std::vector<Row> rows{{"HOP", "PEER", "CLAIMED CLIENT", "BELIEVED CLIENT", "TOLD TO THE NEXT", ""}};
  for (std::size_t i = 0; i < trace.hops.size(); ++i) {
    rows.push_back(row_of(trace, i));
    for (auto& cell : rows.back()) cell = terminal::printable(cell);
  }
  std::array<std::size_t, columns> widths{};
  for (const Row& row : rows) {
    // What a gap has to say may run into the columns it has nothing for.
    for (std::size_t i = 0; i < columns; ++i) {
      if (i == 1 && row[2].empty()) continue;
      widths.at(i) = std::max(widths.at(i), terminal::columns(row.at(i)));
    }
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    std::size_t until = 0;
    for (std::size_t i = 0; i < columns; ++i) {
      line += row.at(i);
      until += widths.at(i) + 2;
      const std::size_t columns_so_far = terminal::columns(line);
      if (columns_so_far < until) line.append(until - columns_so_far, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += "  " + line + "\n";
  }
  return text;
}

// The name of the side to change, as people say it.
std::string side_of(const Trace& trace, const Fault& fault) {
  return fault.side == trace.hops.size() ? "the backend" : trace.hops[fault.side].name;
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::value address_or_null(const std::optional<net::Endpoint>& endpoint) {
  return endpoint ? json::value(net::to_string(*endpoint)) : json::value(nullptr);
}

json::object to_json(const Hop& hop) {
  json::object object{{"name", hop.name},
                      {"realpeer", hop.daemon.has_value()},
                      {"node", hop.daemon ? json::value(hop.daemon->node) : json::value(nullptr)},
                      {"trouble", text_or_null(hop.trouble)},
                      {"found_by", hop.found ? json::value(hop.found->by) : json::value(nullptr)},
                      {"seen", nullptr}};
  if (!hop.found) return object;
  const Seen& seen = hop.found->seen;
  object["seen"] = {{"id", std::to_string(seen.id)},
                    {"listener", seen.listener},
                    {"peer_addr", net::to_string(seen.peer)},
                    {"claimed_addr", seen.source.starts_with("proxy-") ? address_or_null(seen.client) : nullptr},
                    {"client_addr", address_or_null(seen.client)},
                    {"client_source", text_or_null(seen.source)},
                    {"trusted", seen.trusted},
                    {"unique_id", text_or_null(seen.unique_id)},
                    {"backend", text_or_null(seen.backend)},
                    {"endpoint", text_or_null(seen.endpoint)},
                    {"upstream_addr", address_or_null(seen.upstream)},
                    {"identity", text_or_null(seen.identity)},
                    {"identity_delivered", seen.delivered ? json::value(*seen.delivered) : json::value(nullptr)},
                    {"path", text_or_null(seen.path)},
                    {"end", text_or_null(seen.end)},
                    {"reason", text_or_null(seen.reason)}};
  return object;
}

}  // namespace

std::string to_text(const Trace& trace) {
  std::string text = "trace of " + trace.target + " from " + net::to_string(trace.own) + "\n\n" + table(trace) + "\n";
  for (const auto& note : trace.verdict.notes) text += "note: " + terminal::printable(note) + "\n";
  const auto& fault = trace.verdict.fault;
  if (!fault) {
    return text + "The client " + net::to_string(true_client(trace.hops, trace.own)) + " is known at every hop.\n";
  }
  text += "lost: " + terminal::printable(fault->what) + "\n";
  return text + "fix:  on " + terminal::printable(side_of(trace, *fault) + ": " + fault->remedy) + "\n";
}

json::object to_json(const Trace& trace) {
  json::array hops;
  for (const Hop& hop : trace.hops) hops.emplace_back(to_json(hop));
  json::array notes;
  for (const auto& note : trace.verdict.notes) notes.emplace_back(note);
  json::value fault = nullptr;
  if (const auto& found = trace.verdict.fault) {
    fault = {{"hop", found->hop < trace.hops.size() ? json::value(trace.hops[found->hop].name) : json::value(nullptr)},
             {"what", found->what},
             {"side", side_of(trace, *found)},
             {"remedy", found->remedy}};
  }
  return {{"target", trace.target},
          {"from", net::to_string(trace.own)},
          {"client", net::to_string(true_client(trace.hops, trace.own))},
          {"arrived", !trace.verdict.fault.has_value()},
          {"hops", std::move(hops)},
          {"notes", std::move(notes)},
          {"fault", std::move(fault)}};
}

}  // namespace realpeer::trace
