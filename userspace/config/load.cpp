#include "config/load.h"

#include <algorithm>
#include <boost/asio/ip/host_name.hpp>
#include <deque>
#include <iterator>
#include <optional>

#include "config/document.h"
#include "config/files.h"
#include "config/lint.h"
#include "config/reader.h"
#include "config/sections.h"
#include "config/spelling.h"

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

Parsed<LogFormat> parse_log_format(std::string_view text) {
  constexpr std::array formats{LogFormat::text, LogFormat::json};
  return parse_enum(text, formats);
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

void read_timeouts(Report& report, const MapReader& root, Timeouts& timeouts) {
  const Value* value = root.find("timeouts");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::timeouts, "timeouts.");
  map.read("connect", timeouts.connect, duration_within(ranges::connect));
  map.read("idle", timeouts.idle, duration_within(ranges::idle));
  map.read("half_closed", timeouts.half_closed, duration_within(ranges::half_closed));
  map.read("drain", timeouts.drain, duration_within(ranges::drain));
  map.read("request", timeouts.request, duration_within(ranges::request));
  map.read("body", timeouts.body, duration_within(ranges::body));
  map.read("response", timeouts.response, duration_within(ranges::response));
  map.read("keep_alive", timeouts.keep_alive, duration_within(ranges::keep_alive));
}

void read_log(Report& report, const MapReader& root, Log& log) {
  const Value* value = root.find("log");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::log, "log.");
  map.read("level", log.level, parse_log_level);
  map.read("format", log.format, parse_log_format);
  map.read("access", log.access, parse_log_target);
}

Parsed<std::string> parse_directory(std::string_view text) {
  if (text.starts_with('/')) return {boost::system::in_place_value, text};
  return Problem{quoted(text) + " is no absolute path of a directory"};
}

void read_peername(Report& report, const MapReader& root, Peername& peername) {
  const Value* value = root.find("peername");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::peername, "peername.");
  map.read("cgroup", peername.cgroup, parse_directory);
  peername.place = report.place(value->line);
}

void read_settings(Report& report, const MapReader& root, Config& config) {
  read_node(report, root, config);
  root.read("datapath", config.datapath, parse_datapath);
  root.read("splice_credit", config.splice_credit, size_within(ranges::splice_credit));
  read_admission(report, root, config.admission);
  read_peername(report, root, config.peername);
  read_limits(report, root, config.limits);
  read_timeouts(report, root, config.timeouts);
  read_log(report, root, config.log);
  read_admin(report, root, config.admin);
}

// One of the files, as long as it is read.
struct Source {
  Report report;
  std::optional<MapReader> root{};
};

struct Sources {
  std::deque<Source> files;  // the main one first; deque: a MapReader points to its Report
  bool complete = true;      // else a part could not be read, and what is missing may stand there
};

// The file's settings are read by the caller. No root where the file holds no map.
void open_source(Source& source, const std::string& text, const Keys& keys, std::string_view needed) {
  const auto document = parse_document(source.report, text, needed);
  if (!document) return;
  const MapReader root(source.report, {*document, line_of(*document), "the configuration"}, keys);
  if (root.is_map()) source.root.emplace(root);
}

void open_included(Sources& sources, const Included& included) {
  Source& main = sources.files.front();
  Source& source = sources.files.emplace_back(Source{Report(included.path)});
  const auto text = read_file(included.path);
  if (text) {
    open_source(source, *text, keys::included, "listeners or backends");
  } else {
    main.report.error(included.line, "include: " + quoted(included.path) + " " + text.error().text);
  }
  if (!source.root) sources.complete = false;
}

Sources open_sources(const std::string& text, const std::string& name) {
  Sources sources;
  Source& main = sources.files.emplace_back(Source{Report(name)});
  open_source(main, text, keys::root, "listeners and backends");
  if (!main.root) return sources;
  const Includes includes = find_included(main.report, *main.root, name);
  sources.complete = includes.complete;
  for (const Included& included : includes.files) open_included(sources, included);
  return sources;
}

void require_section(const Sources& sources, std::string_view section, std::string_view remedy) {
  const auto mentions = [section](const Source& source) { return source.root && source.root->mentions(section); };
  if (!sources.complete || std::ranges::any_of(sources.files, mentions)) return;
  sources.files.front().root->report_missing(section, remedy);
}

Config read_sources(Sources& sources) {
  Config config;
  Source& main = sources.files.front();
  if (!main.root) return config;
  read_settings(main.report, *main.root, config);
  require_section(sources, "backends", backends_remedy);
  require_section(sources, "listeners", listeners_remedy);
  BackendNames backends{.names = {}, .complete = sources.complete};
  for (Source& source : sources.files) {
    if (source.root) read_backends(source.report, *source.root, config, backends);
  }
  for (Source& source : sources.files) {
    if (source.root) read_listeners(source.report, *source.root, backends, config);
  }
  return config;
}

// Texts quote the file, and a diagnostic is one line of a terminal.
void mask_control_characters(std::string& text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c == '\x7f'; }, '?');
}

}  // namespace

std::string Diagnostic::to_string() const {
  const std::string_view word = severity == Severity::error ? "error" : "warning";
  return place.file + ":" + std::to_string(place.line) + ": " + std::string(word) + ": " + text;
}

bool Loaded::ok() const {
  return std::ranges::none_of(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::error; });
}

void Loaded::add(std::vector<Diagnostic> found) {
  for (Diagnostic& diagnostic : found) mask_control_characters(diagnostic.text);
  std::ranges::move(found, std::back_inserter(diagnostics));
  std::ranges::stable_sort(diagnostics, {}, [this](const Diagnostic& diagnostic) {
    return std::pair(std::ranges::find(files, diagnostic.place.file) - files.begin(), diagnostic.place.line);
  });
}

Loaded load_file(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return {{}, {{{path, 0}, Severity::error, text.error().text}}, {path}};
  return load_text(*text, path);
}

Loaded load_text(const std::string& text, const std::string& name) {
  Loaded loaded;
  Sources sources = open_sources(text, name);
  loaded.config = read_sources(sources);
  for (const Source& source : sources.files) loaded.files.push_back(source.report.file());
  for (const Source& source : sources.files) loaded.add(source.report.diagnostics());
  loaded.add(lint(loaded.config));
  if (loaded.ok()) loaded.add(lint_missing(loaded.config));
  return loaded;
}

}  // namespace realpeer::config
