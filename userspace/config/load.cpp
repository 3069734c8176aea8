#include "config/load.h"

#include <algorithm>
#include <boost/asio/ip/host_name.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "config/document.h"
#include "config/lint.h"
#include "config/reader.h"
#include "config/sections.h"

namespace realpeer::config {

namespace {

Parsed<Datapath> parse_datapath(std::string_view text) {
  constexpr std::array datapaths{Datapath::automatic, Datapath::sockmap, Datapath::relay};
  return parse_enum(text, datapaths, words::datapath_unavailable);
}

Parsed<std::string> parse_log_level(std::string_view text) {
  const auto index = parse_choice(text, words::log_levels);
  if (!index) return index.error();
  return {boost::system::in_place_value, words::log_levels[*index]};
}

auto duration_within(Range<std::chrono::milliseconds> range) {
  return [range](std::string_view text) { return parse_duration(text, range); };
}

void read_node(Report& report, const MapReader& root, Config& config) {
  root.read("node", config.node, parse_name);
  if (root.mentions("node")) return;
  boost::system::error_code failed;
  const std::string host_name = boost::asio::ip::host_name(failed);
  const auto name = parse_name(host_name);
  if (name) {
    config.node = *name;
  } else {
    report.error(1, "'node' is missing and the host name cannot stand in for it: " + name.error().text);
  }
}

void read_limits(Report& report, const MapReader& root, Limits& limits) {
  const Value* value = root.find("limits");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::limits, "limits.");
  map.read("connections", limits.connections,
           [](std::string_view text) { return parse_integer(text, ranges::connections); });
}

void read_timeouts(Report& report, const MapReader& root, Timeouts& timeouts) {
  const Value* value = root.find("timeouts");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::timeouts, "timeouts.");
  map.read("connect", timeouts.connect, duration_within(ranges::connect));
  map.read("idle", timeouts.idle, duration_within(ranges::idle));
  map.read("half_closed", timeouts.half_closed, duration_within(ranges::half_closed));
  map.read("drain", timeouts.drain, duration_within(ranges::drain));
}

void read_log(Report& report, const MapReader& root, Log& log) {
  const Value* value = root.find("log");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::log, "log.");
  map.read("level", log.level, parse_log_level);
  map.read("access", log.access, parse_log_target);
}

Config read_root(Report& report, const YAML::Node& document) {
  Config config;
  const MapReader root(report, {document, line_of(document), "the configuration"}, keys::root);
  if (!root.is_map()) return config;
  read_node(report, root, config);
  root.read("datapath", config.datapath, parse_datapath);
  root.read("splice_credit", config.splice_credit,
            [](std::string_view text) { return parse_size(text, ranges::splice_credit); });
  read_backends(report, root, config);
  read_listeners(report, root, config);
  read_limits(report, root, config.limits);
  read_timeouts(report, root, config.timeouts);
  read_log(report, root, config.log);
  return config;
}

// Texts quote the file, and a diagnostic is one line of a terminal.
void mask_control_characters(std::string& text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c == '\x7f'; }, '?');
}

Loaded unreadable(const std::string& path, const std::string& cause) {
  return {{}, {{{path, 0}, Severity::error, "cannot be read: " + cause + ": name a readable configuration file"}}};
}

}  // namespace

std::string Diagnostic::to_string() const {
  const std::string_view word = severity == Severity::error ? "error" : "warning";
  return place.file + ":" + std::to_string(place.line) + ": " + std::string(word) + ": " + text;
}

bool Loaded::ok() const {
  return std::ranges::none_of(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::error; });
}

Loaded load_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path, std::generic_category().message(errno));
  std::string text(ranges::file_size + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  // A directory opens and then fails to be read.
  if (file.bad()) return unreadable(path, std::generic_category().message(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > ranges::file_size) return unreadable(path, "it is larger than 4 MiB");
  return load_text(text, path);
}

Loaded load_text(const std::string& text, const std::string& name) {
  Loaded loaded;
  Report report(name);
  if (const auto document = parse_document(report, text)) loaded.config = read_root(report, *document);
  loaded.diagnostics = report.diagnostics();
  for (Diagnostic& found : lint(loaded.config)) loaded.diagnostics.push_back(std::move(found));
  for (Diagnostic& diagnostic : loaded.diagnostics) mask_control_characters(diagnostic.text);
  std::ranges::stable_sort(loaded.diagnostics, {}, [](const Diagnostic& d) { return d.place.line; });
  return loaded;
}

}  // namespace realpeer::config
