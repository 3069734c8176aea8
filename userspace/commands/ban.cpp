#include <gflags/gflags.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <iostream>

#include "commands/commands.h"
#include "config/scalars.h"
#include "kernel/bans.h"
#include "kernel/instance.h"
#include "kernel/mounts.h"

DECLARE_string(node);
DEFINE_string(duration, "1h", "ban add: how long, as in 90s, 10m, 1h; or 'forever'");
DECLARE_bool(json);

namespace realpeer::commands {
namespace {

using kernel::Ban;
using kernel::Bans;
using std::chrono::seconds;

constexpr config::Range<std::chrono::milliseconds> durations{seconds(1), std::chrono::hours(24 * 365)};

struct OfNode {
  std::string node;
  Bans bans;
};

// The bans of each living daemon that has admission, or of the one named by --node.
kernel::Result<std::vector<OfNode>> open_bans() {
  const auto bpffs = kernel::existing_bpffs();
  if (!bpffs) return kernel::Error::because("no bpffs is mounted here, hence no realpeer with admission runs");
  if (::access(bpffs->c_str(), R_OK | X_OK) != 0) return kernel::describe("cannot look into " + *bpffs, errno);
  std::vector<OfNode> found;
  bool runs = false;
  for (const auto& node : kernel::living_instances(*bpffs)) {
    if (!FLAGS_node.empty() && node != FLAGS_node) continue;
    runs = true;
    const std::string pin = *bpffs + "/realpeer/" + node + "/" + kernel::bans_pin;
    if (::access(pin.c_str(), F_OK) != 0 && errno == ENOENT) continue;
    auto bans = Bans::open(pin);
    if (!bans && !FLAGS_node.empty()) return bans.error();
    if (!bans) {
      std::cerr << "realpeer: " << bans.error().text << '\n';
      continue;
    }
    found.push_back({node, std::move(*bans)});
  }
  if (!found.empty()) return found;
  const std::string as = FLAGS_node.empty() ? "" : " as node '" + FLAGS_node + "'";
  return kernel::Error::because((runs ? "no realpeer with `admission` runs here" : "no realpeer runs here") + as);
}

// What is changed is changed in one daemon.
kernel::Result<OfNode> open_one() {
  auto all = open_bans();
  if (!all) return all.error();
  if (all->size() == 1) return std::move(all->front());
  std::string names;
  for (const auto& one : *all) names += (names.empty() ? "" : ", ") + one.node;
  return kernel::Error::taken("several daemons run here (" + names + "): choose one with --node");
}

int fail(const std::string& text) {
  std::cerr << "realpeer: " << text << '\n';
  return 1;
}

std::string in_words(seconds time) {
  return time == Bans::for_good ? "until the daemon ends" : config::to_string(time);
}

std::string_view in_words(std::uint32_t reason) {
  switch (reason) {
    case REALPEER_BAN_OPERATOR: return "operator";
    case REALPEER_BAN_LIMITS: return "limits";
    default: return "unknown";
  }
}

kernel::Result<net::Address> parse_source(const std::string& text) {
  const auto cidr = net::Cidr::parse(text);
  const bool v4 = cidr && cidr->network().is_v4();
  if (cidr && (v4 ? cidr->bits() == 32 : cidr->bits() == 64 || cidr->bits() == 128)) return cidr->network();
  return kernel::Error::because("'" + text +
                                "' is no IPv4 address, IPv6 address or /64, which is what bans are of; for networks "
                                "there is admission.denied_cidrs");
}

boost::json::object to_json(const std::string& node, const Ban& ban) {
  boost::json::object object{{"node", node},
                             {"source", net::in_words(ban.source)},
                             {"reason", in_words(ban.reason)},
                             {"age_s", ban.age.count()}};
  object["remaining_s"] = ban.remaining == Bans::for_good ? boost::json::value(nullptr) : ban.remaining.count();
  return object;
}

int list() {
  const auto all = open_bans();
  if (!all) return fail(all.error().text);
  boost::json::array array;
  for (const auto& [node, bans] : *all) {
    const auto listed = bans.list();
    if (!listed) return fail(listed.error().text);
    for (const auto& ban : *listed) {
      if (FLAGS_json) {
        array.push_back(to_json(node, ban));
      } else {
        std::cout << net::in_words(ban.source) << "  " << in_words(ban.remaining)
                  << (ban.remaining == Bans::for_good ? "" : " left") << "  (" << in_words(ban.reason) << ", "
                  << in_words(ban.age) << " ago, node " << node << ")\n";
      }
    }
  }
  if (FLAGS_json) std::cout << boost::json::serialize(array) << '\n';
  return 0;
}

int add(const std::string& text) {
  const auto source = parse_source(text);
  if (!source) return usage_error(source.error().text);
  seconds duration = Bans::for_good;
  if (FLAGS_duration != "forever") {
    const auto parsed = config::parse_duration(FLAGS_duration, durations);
    if (!parsed) return usage_error("--duration: " + parsed.error().text);
    duration = std::chrono::ceil<seconds>(*parsed);
  }
  const auto one = open_one();
  if (!one) return one.error().by_another ? usage_error(one.error().text) : fail(one.error().text);
  const auto added = one->bans.add(*source, duration, REALPEER_BAN_OPERATOR);
  if (!added) return fail(added.error().text);
  std::cout << net::in_words(net::household(*source)) << " is banned " << (duration == Bans::for_good ? "" : "for ")
            << in_words(duration) << " (node " << one->node << ")\n";
  return 0;
}

int remove(const std::string& text) {
  const auto source = parse_source(text);
  if (!source) return usage_error(source.error().text);
  const auto one = open_one();
  if (!one) return one.error().by_another ? usage_error(one.error().text) : fail(one.error().text);
  const auto removed = one->bans.remove(*source);
  if (!removed) return fail(removed.error().text);
  if (!*removed) return fail(net::in_words(net::household(*source)) + " is not banned (node " + one->node + ")");
  std::cout << net::in_words(net::household(*source)) << " is not banned any more (node " << one->node << ")\n";
  return 0;
}

}  // namespace

int ban(Arguments arguments) {
  if (arguments.size() == 1 && arguments[0] == "list") return list();
  if (arguments.size() == 2 && arguments[0] == "add") return add(arguments[1]);
  if (arguments.size() == 2 && arguments[0] == "remove") return remove(arguments[1]);
  return usage_error("ban takes `list`, `add ADDR` or `remove ADDR`");
}

}  // namespace realpeer::commands
