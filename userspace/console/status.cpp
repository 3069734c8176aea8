#include "console/status.h"

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <set>

#include "console/figures.h"
#include "console/parts.h"
#include "terminal/table.h"

namespace realpeer::console {

namespace {

using terminal::Line;
using terminal::Lines;
using terminal::Style;
using terminal::Table;
using enum terminal::Table::Align;

constexpr std::size_t newest = 10;

std::string title(const std::string& name) { return boost::to_upper_copy(name); }

Line number(double value) { return Line(count(value)); }

void begin_section(Lines& lines, std::string_view title, std::string_view more = "") {
  lines.emplace_back();
  lines.push_back(Line(title, Style::strong).add(more));
}

void append(Lines& lines, const Lines& more) { lines.insert(lines.end(), more.begin(), more.end()); }

// The paths that bytes may take, as the daemon names them.
std::vector<std::string> paths(const std::vector<Fields>& listeners) {
  std::vector<std::string> names;
  if (listeners.empty()) return names;
  for (const auto& [name, bytes] : listeners.front().fields("bytes").fields("in").numbers()) names.push_back(name);
  return names;
}

void append_listeners(Lines& lines, const std::vector<Fields>& listeners) {
  std::vector<Table::Column> columns{{"LISTENER"}, {"BIND"}, {"ACCEPT_PROXY"}, {"NOW", right}};
  const auto names = paths(listeners);
  for (const auto& name : names) columns.push_back({title(name), right});
  columns.insert(columns.end(), {{"SO FAR", right}, {"REFUSED", right}});
  Table table(std::move(columns));
  for (const auto& listener : listeners) {
    const auto by_path = listener.fields("active");
    std::vector<Line> cells{Line(listener.text("name")), Line(listener.text("bind")),
                            Line(listener.text("accept_proxy")), number(active(listener))};
    for (const auto& name : names) cells.push_back(number(by_path.number(name)));
    const double refusals = refused(listener);
    cells.insert(cells.end(), {number(listener.number("connections")), unwanted(refusals, count(refusals))});
    table.add(std::move(cells));
  }
  begin_section(lines, "Listeners", " and their connections");
  append(lines, table.lines());
}

void append_bytes(Lines& lines, const std::vector<Fields>& listeners) {
  const auto names = paths(listeners);
  std::vector<Table::Column> columns{{"LISTENER"}};
  for (const auto& name : names)
    columns.insert(columns.end(), {{title(name) + " IN", right}, {title(name) + " OUT", right}});
  Table table(std::move(columns));
  for (const auto& listener : listeners) {
    const auto moved = listener.fields("bytes");
    std::vector<Line> cells{Line(listener.text("name"))};
    for (const auto& name : names) {
      for (const auto* direction : {"in", "out"}) cells.emplace_back(bytes(moved.fields(direction).number(name)));
    }
    table.add(std::move(cells));
  }
  begin_section(lines, "Bytes", " from clients (in) and to them (out)");
  append(lines, table.lines());
}

// By the class of their response.
void append_requests(Lines& lines, const std::vector<Fields>& listeners) {
  std::set<std::string> classes;
  for (const auto& listener : listeners) {
    for (const auto& [name, number] : listener.fields("requests").numbers()) classes.insert(name);
  }
  if (classes.empty()) return;
  std::vector<Table::Column> columns{{"LISTENER"}};
  for (const auto& name : classes) columns.push_back({title(name), right});
  Table table(std::move(columns));
  for (const auto& listener : listeners) {
    if (listener.text("routes") != "requests") continue;
    std::vector<Line> cells{Line(listener.text("name"))};
    for (const auto& name : classes) cells.push_back(number(listener.fields("requests").number(name)));
    table.add(std::move(cells));
  }
  begin_section(lines, "Requests", " so far, by their response");
  append(lines, table.lines());
}

// Of all listeners; one text may speak of several.
void append_lint(Lines& lines, const std::vector<Fields>& listeners, std::size_t width) {
  std::set<std::pair<std::string, std::string>> said;
  Lines section;
  for (const auto& listener : listeners) {
    for (const auto& lint : listener.list("lint")) {
      const auto place = lint.text("place");
      const auto text = lint.text("text");
      if (!said.emplace(place, text).second) continue;
      section.push_back(Line("  ").add(place, Style::warning));
      append_wrapped(section, Line("    "), text, width);
    }
  }
  if (section.empty()) return;
  begin_section(lines, "Configuration", ": valid, and likely wrong");
  append(lines, section);
}

// What is likely behind a refusal, and what to do.
struct Advice {
  std::string cause;
  std::string remedy;

  bool operator==(const Advice&) const = default;
};

Advice advice(const Fields& refused) { return {.cause = refused.text("cause"), .remedy = refused.text("remedy")}; }

struct Rejected {
  std::string reason;
  double count = 0;
  std::string listeners{};  // "https 3, web 1"
  std::vector<Advice> advice{};
};

bool is_trouble(const Rejected& rejected) { return rejected.reason != health_checks; }

// By reason: the most frequent first, and last what is no trouble.
std::vector<Rejected> rejected(const std::vector<Fields>& listeners) {
  std::vector<Rejected> all;
  for (const auto& listener : listeners) {
    for (const auto& entry : listener.list("rejected")) {
      auto found = std::ranges::find(all, entry.text("reason"), &Rejected::reason);
      if (found == all.end()) found = all.insert(found, {.reason = entry.text("reason"), .advice = {advice(entry)}});
      found->count += entry.number("count");
      found->listeners +=
          (found->listeners.empty() ? "" : ", ") + listener.text("name") + " " + count(entry.number("count"));
    }
  }
  std::ranges::stable_sort(all, [](const Rejected& one, const Rejected& other) {
    if (is_trouble(one) != is_trouble(other)) return is_trouble(one);
    return one.count > other.count;
  });
  return all;
}

// Of refusals that are remembered more is known than of those that were counted.
std::vector<Advice> advice_of_remembered(const std::vector<Fields>& refusals, const std::string& reason) {
  std::vector<Advice> all;
  for (const auto& refusal : refusals) {
    if (refusal.text("reason") != reason) continue;
    if (const auto one = advice(refusal); std::ranges::find(all, one) == all.end()) all.push_back(one);
  }
  return all;
}

void append_advice(Lines& lines, const Advice& advice, std::size_t width) {
  if (!advice.cause.empty()) append_wrapped(lines, Line("    ").add("cause:  ", Style::dim), advice.cause, width);
  if (!advice.remedy.empty()) append_wrapped(lines, Line("    ").add("remedy: ", Style::dim), advice.remedy, width);
}

void append_rejected(Lines& lines, const std::vector<Fields>& listeners, const std::vector<Fields>& refusals,
                     std::size_t width) {
  const auto all = rejected(listeners);
  if (all.empty()) return;
  begin_section(lines, "Refused", " so far, by reason");
  for (const auto& one : all) {
    lines.push_back(Line("  ")
                        .add(one.reason, is_trouble(one) ? Style::warning : Style::plain)
                        .add("  " + count(one.count) + "  (" + one.listeners + ")"));
    const auto remembered = advice_of_remembered(refusals, one.reason);
    for (const auto& text : remembered.empty() ? one.advice : remembered) append_advice(lines, text, width);
  }
}

void append_backend(Table& table, const Fields& backend, std::size_t width) {
  bool first = true;
  for (const auto& endpoint : backend.list("endpoints")) {
    const auto of_backend = [&](std::string_view name) { return Line(first ? backend.text(name) : ""); };
    const double failures = endpoint.number("failures");
    table.add({of_backend("name"), of_backend("identity"), Line(endpoint.text("endpoint")), state(endpoint),
               number(endpoint.number("active")), number(endpoint.number("connections")),
               unwanted(failures, count(failures))});
    if (const auto why = endpoint.text("why"); !why.empty()) {
      Lines below;
      append_wrapped(below, Line("    "), why, width, Style::warning);
      table.add_below(std::move(below));
    }
    first = false;
  }
}

void append_backends(Lines& lines, const Fields& document, std::size_t width) {
  Table table(
      {{"BACKEND"}, {"IDENTITY"}, {"ENDPOINT"}, {"STATE"}, {"NOW", right}, {"SO FAR", right}, {"FAILED", right}});
  for (const auto& backend : document.list("backends")) append_backend(table, backend, width);
  const auto times = document.fields("connect_seconds");
  std::string latency;
  if (times.number("count") > 0) {
    latency = ", connected to within " + quantile(times, 0.5) + " (p50), " + quantile(times, 0.99) + " (p99)";
  }
  begin_section(lines, "Backends", latency);
  append(lines, table.lines());
}

void append_refusals(Lines& lines, const std::vector<Fields>& refusals, std::optional<Time> now, std::size_t width) {
  if (refusals.empty()) return;
  Table table({{"AGO", right}, {"LISTENER"}, {"REASON"}, {"PEER"}, {"CLIENT"}});
  for (std::size_t i = 0; i < std::min(newest, refusals.size()); ++i) {
    const auto& refusal = refusals[i];
    const auto when = read_time(refusal.text("ts"));
    const auto looks_like = refusal.text("looks_like");
    table.add({Line(now && when ? age(*now - *when) : refusal.text("ts")), Line(refusal.text("listener")),
               Line(refusal.text("reason") + (looks_like.empty() ? "" : " (" + looks_like + ")")),
               Line(refusal.text("peer_addr")),
               Line(refusal.is_null("client_addr") ? "-" : refusal.text("client_addr"))});
    if (const auto detail = refusal.text("detail"); !detail.empty()) {
      Lines below;
      append_wrapped(below, Line("    "), detail, width, Style::dim);
      table.add_below(std::move(below));
    }
  }
  begin_section(lines, "Newest refusals");
  append(lines, table.lines());
}

}  // namespace

Lines status(const Documents& documents, std::size_t width) {
  const Fields head(documents.listeners);
  const auto listeners = head.list("listeners");
  const auto refusals = Fields(documents.refusals).list("refusals");
  Lines lines{headline(head)};
  if (const auto started = read_time(head.text("started"))) lines.front().add("  since " + date_and_time(*started));
  const auto datapath = head.fields("datapath");
  append_wrapped(lines, Line("data path ").add(datapath.text("path"), Style::strong).add(": "), datapath.text("reason"),
                 width);
  append_listeners(lines, listeners);
  append_lint(lines, listeners, width);
  append_rejected(lines, listeners, refusals, width);
  append_backends(lines, Fields(documents.backends), width);
  append_requests(lines, listeners);
  append_bytes(lines, listeners);
  append_refusals(lines, refusals, read_time(head.text("now")), width);
  return lines;
}

}  // namespace realpeer::console
