#include <algorithm>

#include "config/sections.h"
#include "config/spelling.h"

namespace realpeer::config {

namespace {

Parsed<AdmissionMode> parse_mode(std::string_view text) {
  constexpr std::array modes{AdmissionMode::automatic, AdmissionMode::native, AdmissionMode::generic,
                             AdmissionMode::tc};
  return parse_enum(text, modes);
}

// As the kernel has it (net/core/dev.c, dev_valid_name()).
Parsed<std::string> parse_interface(std::string_view text) {
  const auto bad = [](char c) { return c == '/' || c == ':' || static_cast<unsigned char>(c) <= ' '; };
  if (text.empty() || text == "." || text == ".." || std::ranges::any_of(text, bad)) {
    return Problem{quoted(text) + " is no name of an interface: write it as `ip link` shows it"};
  }
  if (text.size() > ranges::interface_name) {
    return Problem{quoted(text) + " is too long for the name of an interface: at most " +
                   std::to_string(ranges::interface_name) + " characters"};
  }
  return {boost::system::in_place_value, text};
}

// `rate` and `burst` of a map; nothing without a rate. `called` is the map in messages.
std::optional<policy::Rate> read_rate(Report& report, const MapReader& map, int line, std::string_view called) {
  policy::Rate rate;
  const bool has_rate = map.read("rate", rate, [](std::string_view text) { return parse_rate(text, ranges::rate); });
  // As many at once as a period has, unless it is said.
  rate.burst = rate.count;
  map.read("burst", rate.burst, integer_within(ranges::burst));
  if (map.mentions("burst") && !map.mentions("rate")) {
    report.error(line, std::string(called) + ": 'burst' is of a rate: add rate, as in rate: 50/s");
  }
  if (!has_rate) return std::nullopt;
  return rate;
}

void read_ban(Report& report, const MapReader& map, int line, Limits& limits) {
  const Value* value = map.find("ban");
  if (value == nullptr) return;
  std::chrono::milliseconds ban{};
  if (!map.read("ban", ban, duration_within(ranges::ban))) return;
  limits.per_client.ban = ban;
  limits.places.ban = report.place(value->line);
  if (map.mentions("rate") || map.mentions("concurrent")) return;
  report.error(line, "limits.per_client: 'ban' is for clients that keep exceeding a limit: add rate or concurrent");
}

void read_per_client(Report& report, const MapReader& limits_map, Limits& limits) {
  const Value* value = limits_map.find("per_client");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::per_client, "limits.per_client.");
  limits.per_client.rate = read_rate(report, map, value->line, "limits.per_client");
  map.read("concurrent", limits.per_client.concurrent, integer_within(ranges::concurrent));
  read_ban(report, map, value->line, limits);
}

void read_per_source_syn(Report& report, const MapReader& limits_map, Limits& limits) {
  const Value* value = limits_map.find("per_source_syn");
  if (value == nullptr) return;
  limits.places.per_source_syn = report.place(value->line);
  const MapReader map(report, *value, keys::per_source_syn, "limits.per_source_syn.");
  if (!map.is_map()) return;
  if (!map.mentions("rate") && !map.mentions("burst")) map.report_missing("rate", "as in rate: 200/s");
  limits.per_source_syn = read_rate(report, map, value->line, "limits.per_source_syn");
}

void read_interfaces(Report& report, const MapReader& map, Admission& admission) {
  const Value* list = map.require("interfaces", "list where clients come in, as in interfaces: [eth0, wt0]");
  if (list == nullptr) return;
  const auto items = read_items(report, *list);
  if (items.empty() && list->node.IsSequence()) {
    report.error(list->line, "admission.interfaces is empty: list where clients come in, or remove 'admission'");
  }
  for (const Value& item : items) {
    auto name = read_scalar(report, item, parse_interface);
    if (!name) continue;
    if (std::ranges::find(admission.interfaces, *name) != admission.interfaces.end()) {
      report.error(item.line, "admission.interfaces has " + quoted(*name) + " twice: remove one");
      continue;
    }
    admission.interfaces.push_back(std::move(*name));
  }
}

}  // namespace

void read_limits(Report& report, const MapReader& root, Limits& limits) {
  const Value* value = root.find("limits");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::limits, "limits.");
  map.read("connections", limits.connections, integer_within(ranges::connections));
  map.read("handshakes", limits.handshakes, integer_within(ranges::handshakes));
  read_per_client(report, map, limits);
  read_per_source_syn(report, map, limits);
  const Value* denied = map.find("denied_clients");
  if (denied == nullptr) return;
  for (const Value& item : read_items(report, *denied)) {
    if (auto cidr = read_scalar(report, item, parse_cidr)) limits.denied_clients.push_back(std::move(*cidr));
  }
}

void read_admission(Report& report, const MapReader& root, Admission& admission) {
  const Value* value = root.find("admission");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::admission, "admission.");
  if (!map.is_map()) return;
  read_interfaces(report, map, admission);
  map.read("mode", admission.mode, parse_mode);
  const Value* denied = map.find("denied_cidrs");
  if (denied == nullptr) return;
  for (const Value& item : read_items(report, *denied)) {
    auto cidr = read_scalar(report, item, parse_cidr);
    if (!cidr) continue;
    admission.denied_cidrs.push_back(std::move(*cidr));
    admission.denied_places.push_back(report.place(item.line));
  }
}

}  // namespace realpeer::config
