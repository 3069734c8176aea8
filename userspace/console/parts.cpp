#include "console/parts.h"

#include "console/figures.h"

namespace realpeer::console {

using terminal::Line;
using terminal::Style;

Line headline(const Fields& listeners) {
  Line line(listeners.text("node"), Style::strong);
  line.add("  realpeer " + listeners.text("version"));
  const auto started = read_time(listeners.text("started"));
  const auto now = read_time(listeners.text("now"));
  if (started && now) line.add("  up " + age(*now - *started));
  if (listeners.flag("draining")) line.add("  ").add("draining", Style::warning);
  return line;
}

Line state(const Fields& endpoint) {
  const std::string text = endpoint.text("state");
  return Line(text, text == "up" ? Style::good : text == "down" ? Style::bad : Style::warning);
}

Line unwanted(double number, const std::string& shown) {
  return Line(shown, number > 0 ? Style::warning : Style::plain);
}

double refused(const Fields& listener) {
  double all = 0;
  for (const auto& rejected : listener.list("rejected")) {
    if (rejected.text("reason") != health_checks) all += rejected.number("count");
  }
  return all;
}

double active(const Fields& listener) { return listener.fields("active").sum(); }

}  // namespace realpeer::console
