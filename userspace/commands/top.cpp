#include "console/top.h"

#include <gflags/gflags.h>

#include <iostream>
#include <thread>

#include "commands/admin_flags.h"
#include "commands/commands.h"
#include "commands/top_screen.h"
#include "config/scalars.h"
#include "terminal/output.h"

DEFINE_string(interval, "2s", "top: how often, as in 500ms, 2s, 1m");
DEFINE_uint32(count, 0, "top: print so many times and end; 0: until it is stopped");

namespace realpeer::commands {
namespace {

using std::chrono::milliseconds;

constexpr config::Range<milliseconds> intervals{milliseconds(100), std::chrono::hours(1)};
const console::View printed{};

int fail(const admin_client::Error& error) {
  std::cerr << "realpeer: " << error.text << '\n';
  return 1;
}

// One snapshot after each interval.
int print(admin_client::Client& client, milliseconds interval) {
  auto first = take_sample(client, printed.connections);
  if (!first) return fail(first.error());
  console::History history(std::move(*first));
  for (std::uint32_t times = 0; FLAGS_count == 0 || times < FLAGS_count; ++times) {
    std::this_thread::sleep_until(history.now().taken + interval);
    auto now = take_sample(client, printed.connections);
    if (!now) return fail(now.error());
    history.add(std::move(*now));
    const auto lines = console::top(history.now(), history.before(), printed);
    std::cout << (times > 0 ? "\n" : "") << terminal::to_string(lines, terminal::output_takes_colours()) << std::flush;
  }
  return 0;
}

}  // namespace

int top(Arguments arguments) {
  if (!arguments.empty()) return usage_error("top takes no argument; name the daemon with --admin ADDR");
  const auto interval = config::parse_duration(FLAGS_interval, intervals);
  if (!interval) return usage_error("--interval: " + interval.error().text);
  auto client = client_by_flags();
  if (!client) return client.error();
  if (FLAGS_count > 0) return print(*client, *interval);
  auto first = take_sample(*client, printed.connections);
  if (!first) return fail(first.error());
  auto screen = terminal::Screen::find();
  if (screen == nullptr) return print(*client, *interval);
  TopScreen(*client, *screen, *interval, std::move(*first)).run();
  return 0;
}

}  // namespace realpeer::commands
