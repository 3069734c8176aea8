#include "console/top.h"

#include <algorithm>

#include "console/figures.h"
#include "console/parts.h"
#include "console/rates.h"
#include "terminal/table.h"

namespace realpeer::console {

namespace {

using terminal::Line;
using terminal::Lines;
using terminal::Style;
using terminal::Table;
using enum terminal::Table::Align;

constexpr std::size_t least_rows = 3;  // of a table, however low the screen is

void append(Lines& lines, const Lines& more) { lines.insert(lines.end(), more.begin(), more.end()); }

Line rate(const Rates& rates, double Counters::*what) { return Line(rates ? per_second((*rates).*what) : "-"); }

Line unwanted_rate(const Rates& rates, double Counters::*what) {
  return rates ? unwanted((*rates).*what, per_second((*rates).*what)) : Line("-");
}

Line byte_rate(const Rates& rates, double Counters::*what) { return Line(rates ? bytes((*rates).*what) : "-"); }

Line spliced(const Rates& rates) { return Line(rates ? share(rates->spliced, rates->in + rates->out) : "-"); }

// The first rows that there is room for, and how many more there are.
struct Shown {
  std::size_t rows;
  std::size_t others;
};

Shown fit(std::size_t rows, std::size_t room) {
  if (room == 0 || rows <= room) return {.rows = rows, .others = 0};
  const std::size_t shown = std::max(room, least_rows) - 1;
  return shown < rows ? Shown{.rows = shown, .others = rows - shown} : Shown{.rows = rows, .others = 0};
}

void append_table(Lines& lines, const Table& table, const Shown& shown) {
  lines.emplace_back();
  append(lines, table.lines());
  if (shown.others > 0) lines.push_back(Line("  ").add("and " + std::to_string(shown.others) + " more", Style::dim));
}

void append_listeners(Lines& lines, const Sample& now, const Change& change, std::size_t room) {
  Table table({{"LISTENER"},
               {"NOW", right},
               {"NEW/s", right},
               {"REFUSED/s", right},
               {"IN/s", right},
               {"OUT/s", right},
               {"SPLICED", right}});
  const auto listeners = Fields(now.listeners).list("listeners");
  const auto shown = fit(listeners.size(), room);
  for (std::size_t i = 0; i < shown.rows; ++i) {
    const auto rates = change.of_listener(listeners[i].text("name"));
    table.add({Line(listeners[i].text("name")), Line(count(active(listeners[i]))), rate(rates, &Counters::connections),
               unwanted_rate(rates, &Counters::refused), byte_rate(rates, &Counters::in),
               byte_rate(rates, &Counters::out), spliced(rates)});
  }
  append_table(lines, table, shown);
}

void append_endpoints(Lines& lines, const Sample& now, const Change& change, std::size_t room) {
  Table table({{"BACKEND"}, {"ENDPOINT"}, {"STATE"}, {"NOW", right}, {"NEW/s", right}, {"FAILED/s", right}});
  std::vector<std::pair<std::string, Fields>> endpoints;
  for (const auto& backend : Fields(now.backends).list("backends")) {
    for (const auto& endpoint : backend.list("endpoints")) endpoints.emplace_back(backend.text("name"), endpoint);
  }
  // Where not all have room, those that are not up go first.
  const auto shown = fit(endpoints.size(), room);
  if (shown.others > 0) {
    std::ranges::stable_partition(endpoints, [](const auto& one) { return one.second.text("state") != "up"; });
  }
  for (std::size_t i = 0; i < shown.rows; ++i) {
    const auto& [backend, endpoint] = endpoints[i];
    const auto rates = change.of_endpoint(backend, endpoint.text("endpoint"));
    table.add({Line(backend), Line(endpoint.text("endpoint")), state(endpoint), Line(count(endpoint.number("active"))),
               rate(rates, &Counters::connections), unwanted_rate(rates, &Counters::refused)});
  }
  append_table(lines, table, shown);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

// "10.0.0.1" of "10.0.0.1:5000".
std::string host_of(const std::string& address) { return address.substr(0, address.rfind(':')); }

std::vector<Fields> ordered(const Sample& now, const Change& change, Order order) {
  auto connections = Fields(now.connections).list("connections");
  if (order == Order::newest) return connections;
  const auto busy = [&change](const Fields& connection) {
    const auto rates = change.of_connection(connection.text("id"));
    return rates ? rates->in + rates->out : 0;
  };
  std::vector<std::pair<double, Fields>> keyed;
  keyed.reserve(connections.size());
  for (const auto& connection : connections) keyed.emplace_back(busy(connection), connection);
  std::ranges::stable_sort(keyed, std::greater(), &std::pair<double, Fields>::first);
  std::ranges::transform(keyed, connections.begin(), &std::pair<double, Fields>::second);
  return connections;
}

void append_connections(Lines& lines, const Sample& now, const Change& change, Order order, std::size_t most) {
  const auto connections = ordered(now, change, order);
  const std::size_t rows = std::min(most, connections.size());
  Table table({{"CLIENT"},
               {"VIA"},
               {"BACKEND"},
               {"PATH"},
               {"IN/s", right},
               {"OUT/s", right},
               {"AGE", right},
               {"BYTES", right},
               {"LISTENER"}});
  for (std::size_t i = 0; i < rows; ++i) {
    const auto& one = connections[i];
    const auto rates = change.of_connection(one.text("id"));
    const auto client = one.text("client_addr");
    const auto peer = one.text("peer_addr");
    table.add({Line(or_dash(client)), Line(client == peer ? "-" : host_of(peer)), Line(or_dash(one.text("backend"))),
               Line(or_dash(one.text("path"))), byte_rate(rates, &Counters::in), byte_rate(rates, &Counters::out),
               Line(age(std::chrono::milliseconds(static_cast<std::int64_t>(one.number("duration_ms"))))),
               Line(bytes(one.number("bytes_in") + one.number("bytes_out"))), Line(one.text("listener"))});
  }
  lines.emplace_back();
  const auto sought = count(static_cast<double>(connections.size()));
  lines.push_back(Line("Connections", Style::strong)
                      .add(": " + std::to_string(rows) + " of " + count(Fields(now.connections).number("total")))
                      .add(order == Order::newest ? ", the newest first" : ", the busiest of the newest " + sought));
  append(lines, table.lines());
}

}  // namespace

void History::add(Sample sample) {
  samples_.push_back(std::move(sample));
  while (samples_.size() > 2 && samples_.back().taken - samples_[1].taken >= window) samples_.pop_front();
}

Lines top(const Sample& now, const Sample* before, const View& view) {
  const Fields head(now.listeners);
  const Change change(now, before);
  Lines lines{headline(head)};
  if (const auto time = read_time(head.text("now"))) lines.front().add("  at " + date_and_time(*time), Style::dim);
  if (!view.keys.empty()) lines.emplace_back(view.keys, Style::dim);
  if (!view.trouble.empty()) lines.emplace_back(view.trouble, Style::bad);
  const std::size_t of_table = view.height / 4;
  append_listeners(lines, now, change, of_table);
  append_endpoints(lines, now, change, of_table);
  constexpr std::size_t around = 3;  // an empty line, the title, the columns' titles
  const std::size_t used = lines.size() + around;
  const std::size_t most = view.height == 0 ? view.connections : view.height - std::min(view.height, used);
  append_connections(lines, now, change, view.order, most);
  if (view.height > 0 && lines.size() > view.height) lines.resize(view.height);
  return lines;
}

}  // namespace realpeer::console
