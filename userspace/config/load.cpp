#include "config/load.h"

#include <algorithm>
#include <boost/asio/ip/host_name.hpp>
#include <deque>
#include <optional>

#include "config/document.h"
#include "config/files.h"
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
  map.read("connections", limits.connections, integer_within(ranges::connections));
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

void read_settings(Report& report, const MapReader& root, Config& config) {
  read_node(report, root, config);
  root.read("datapath", config.datapath, parse_datapath);
  root.read("splice_credit", config.splice_credit, size_within(ranges::splice_credit));
  read_limits(report, root, config.limits);
  read_timeouts(report, root, config.timeouts);
  read_log(report, root, config.log);
}

// One of the files, as long as it is read.
struct Source {
  Report report;
  std::optional<MapReader> root{};
};

// The file's settings are read by the caller. No root once a problem was recorded.
void open_source(Source& source, const std::string& text, const Keys& keys) {
  const auto document = parse_document(source.report, text);
  if (!document) return;
  const MapReader root(source.report, {*document, line_of(*document), "the configuration"}, keys);
  if (root.is_map()) source.root.emplace(root);
}

// Deque: a MapReader points to its Report.
std::deque<Source> open_sources(const std::string& text, const std::string& name) {
  std::deque<Source> sources;
  sources.push_back({Report(name)});
  open_source(sources.front(), text, keys::root);
  if (!sources.front().root) return sources;
  for (const Included& included : find_included(sources.front().report, *sources.front().root, name)) {
    sources.push_back({Report(included.path)});
    auto file = read_file(included.path);
    if (file) {
      open_source(sources.back(), *file, keys::included);
    } else {
      sources.front().report.error(included.line, "include: '" + included.path + "' " + file.error().text);
    }
  }
  return sources;
}

bool any_mentions(const std::deque<Source>& sources, std::string_view section) {
  // What stands in a file that could not be read is not known to be missing.
  return std::ranges::any_of(sources,
                             [&](const Source& source) { return !source.root || source.root->mentions(section); });
}

Config read_sources(std::deque<Source>& sources) {
  Config config;
  Source& main = sources.front();
  if (!main.root) return config;
  read_settings(main.report, *main.root, config);
  if (!any_mentions(sources, "backends")) main.root->report_missing("backends", backends_remedy);
  if (!any_mentions(sources, "listeners")) main.root->report_missing("listeners", listeners_remedy);
  for (Source& source : sources) {
    if (source.root) read_backends(source.report, *source.root, config);
  }
  for (Source& source : sources) {
    if (source.root) read_listeners(source.report, *source.root, config);
  }
  return config;
}

// Texts quote the file, and a diagnostic is one line of a terminal.
void mask_control_characters(std::string& text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c == '\x7f'; }, '?');
}

// The main file's first, then each file's by line.
void sort(std::vector<Diagnostic>& diagnostics, const std::deque<Source>& sources) {
  const auto order = [&sources](const Diagnostic& diagnostic) {
    const auto file =
        std::ranges::find(sources, diagnostic.place.file, [](const Source& s) { return s.report.file(); });
    return std::pair(file - sources.begin(), diagnostic.place.line);
  };
  std::ranges::stable_sort(diagnostics, {}, order);
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
  const auto text = read_file(path);
  if (!text) return {{}, {{{path, 0}, Severity::error, text.error().text}}};
  return load_text(*text, path);
}

Loaded load_text(const std::string& text, const std::string& name) {
  Loaded loaded;
  std::deque<Source> sources = open_sources(text, name);
  loaded.config = read_sources(sources);
  for (const Source& source : sources) {
    const auto& found = source.report.diagnostics();
    loaded.diagnostics.insert(loaded.diagnostics.end(), found.begin(), found.end());
  }
  for (Diagnostic& found : lint(loaded.config)) loaded.diagnostics.push_back(std::move(found));
  for (Diagnostic& diagnostic : loaded.diagnostics) mask_control_characters(diagnostic.text);
  sort(loaded.diagnostics, sources);
  return loaded;
}

}  // namespace realpeer::config
