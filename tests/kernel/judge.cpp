#include "kernel/judge.h"

#include <bpf/bpf.h>
#include <linux/pkt_cls.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace realpeer::test {
namespace {

const std::string& text_of(const std::string& error) { return error; }
const std::string& text_of(const kernel::Error& error) { return error.text; }

template <typename Result>
typename Result::value_type value_or_throw(Result result) {
  if (!result) throw std::runtime_error(text_of(result.error()));
  return std::move(*result);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Hook hook) {
  switch (hook) {
    case Hook::xdp: return out << "xdp";
    case Hook::tc: return out << "tc";
    case Hook::tc_l3: return out << "tc_l3";
  }
  return out;
}

std::vector<net::Cidr> networks(const std::vector<std::string>& texts) {
  std::vector<net::Cidr> list;
  list.reserve(texts.size());
  for (const auto& text : texts) list.push_back(value_or_throw(net::Cidr::parse(text)));
  return list;
}

kernel::AdmissionListener listener(const std::string& bind, const std::vector<std::string>& trusted) {
  return {.bind = value_or_throw(net::parse_endpoint(bind)), .drop_untrusted = false, .trusted = networks(trusted)};
}

kernel::AdmissionListener strict(const std::string& bind, const std::vector<std::string>& trusted) {
  auto strict = listener(bind, trusted);
  strict.drop_untrusted = true;
  return strict;
}

Judge::Judge()
    : netns_("rpt-admission-" + std::to_string(::getpid()) + "-judge"),
      inside_(netns_),
      object_(value_or_throw(kernel::AdmissionObject::load({.sources = 1024, .bans = 64}))) {}

void Judge::apply(const kernel::AdmissionRules& rules) const {
  const auto applied = kernel::apply(*object_, rules);
  if (!applied) throw std::runtime_error(applied.error().text);
}

int Judge::program(Hook hook) const {
  switch (hook) {
    case Hook::xdp: return object_->admit_xdp();
    case Hook::tc: return object_->admit_tc();
    case Hook::tc_l3: return object_->admit_tc_l3();
  }
  return -1;
}

Judge::TestRun Judge::test_run(Hook hook, const testing::Bytes& packet, int times) const {
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet.data(),
              .data_size_in = static_cast<std::uint32_t>(packet.size()), .repeat = times);
  if (bpf_prog_test_run_opts(program(hook), &options) != 0) {
    throw std::system_error(errno, std::generic_category(), "test run of " + std::to_string(packet.size()) + " bytes");
  }
  const int drop = hook == Hook::xdp ? static_cast<int>(XDP_DROP) : TC_ACT_SHOT;
  return {.dropped = static_cast<int>(options.retval) == drop, .nanoseconds = options.duration};
}

std::string Judge::verdict(Hook hook, const testing::Bytes& packet) const {
  const auto before = counters();
  const bool dropped = test_run(hook, packet, 1).dropped;
  const auto after = counters();
  std::string found = "passed";
  bool counted_as_drop = false;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto admission = static_cast<realpeer_admission>(i);
    if (after.at(i) == before.at(i)) continue;
    if (after.at(i) != before.at(i) + 1 || found != "passed") throw std::runtime_error("more than one counter moved");
    found = kernel::to_string(admission);
    counted_as_drop = kernel::is_drop(admission);
  }
  if (dropped != counted_as_drop) throw std::runtime_error(found + ", but " + (dropped ? "dropped" : "passed"));
  return found;
}

kernel::AdmissionCounters Judge::counters() const { return value_or_throw(kernel::read_counters(*object_)); }

kernel::Bans Judge::bans() const { return value_or_throw(kernel::Bans::of(object_->bans())); }

}  // namespace realpeer::test
