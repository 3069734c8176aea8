#include "kernel/bans.h"

#include <bpf/bpf.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <limits>
#include <utility>

#include "kernel/layout.h"

namespace realpeer::kernel {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t ipv6_prefix_bytes = 8;
constexpr auto full_pause = seconds(10);  // until a full map is swept again

// The clock of struct realpeer_ban.
std::uint64_t boot_time() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(nanoseconds(seconds(now.tv_sec)).count() + now.tv_nsec);
}

seconds rounded_up(std::uint64_t time) {
  return std::chrono::ceil<seconds>(nanoseconds(static_cast<nanoseconds::rep>(time)));
}

std::uint64_t expiry(std::uint64_t now, seconds duration) {
  // Longer than the kernel's clock can run (292 years) is for good.
  if (duration > std::chrono::duration_cast<seconds>(nanoseconds::max()) / 2) return never;
  return now + static_cast<std::uint64_t>(nanoseconds(std::max(duration, seconds(0))).count());
}

Ban in_words(const realpeer_source& key, const realpeer_ban& ban, std::uint64_t now) {
  boost::asio::ip::address_v6::bytes_type bytes{};
  std::ranges::copy(key.address, bytes.begin());
  return {.source = net::unmapped(net::Address(boost::asio::ip::address_v6(bytes))),
          .age = std::chrono::floor<seconds>(nanoseconds(static_cast<nanoseconds::rep>(now - ban.since))),
          .remaining = ban.expires == never ? Bans::for_good : rounded_up(ban.expires - now),
          .reason = ban.reason};
}

// An entry deleted under the walk makes the kernel start over: the bound keeps a busy map from holding us.
template <typename Visit>
void for_each_key(int map, Visit visit) {
  realpeer_source key{};
  realpeer_source next{};
  const realpeer_source* previous = nullptr;
  for (std::uint64_t steps = 0; steps < 10'000'000; ++steps) {
    if (bpf_map_get_next_key(map, previous, &next) != 0) return;
    key = next;
    previous = &key;
    visit(key);
  }
}

}  // namespace

realpeer_source source_key(const net::Address& address) {
  const auto plain = net::unmapped(address);
  const auto bytes = net::mapped_v6(plain).to_bytes();
  realpeer_source key{};
  std::copy_n(bytes.begin(), plain.is_v4() ? bytes.size() : ipv6_prefix_bytes, std::begin(key.address));
  return key;
}

Result<Bans> Bans::open(const std::string& pin) {
  if (auto read = check_layout(std::filesystem::path(pin).parent_path()); !read) return read.error();
  UniqueFd map(bpf_obj_get(pin.c_str()));
  if (!map.valid())
    return describe("cannot open " + pin + " (needs CAP_BPF, or root, and a daemon with admission)", errno);
  bpf_map_info info{};
  std::uint32_t length = sizeof(info);
  if (bpf_obj_get_info_by_fd(map.get(), &info, &length) != 0) return describe("cannot ask about " + pin, errno);
  if (info.key_size != sizeof(realpeer_source) || info.value_size != sizeof(realpeer_ban)) {
    return Error::because(pin + " has the layout of another version of realpeer");
  }
  return Bans(std::move(map));
}

Result<Bans> Bans::of(int map) {
  UniqueFd own(::fcntl(map, F_DUPFD_CLOEXEC, 0));
  if (!own.valid()) return describe("cannot keep the map of bans", errno);
  return Bans(std::move(own));
}

bool Bans::has(const net::Address& source) const {
  const auto key = source_key(source);
  realpeer_ban ban{};
  return bpf_map_lookup_elem(map_.get(), &key, &ban) == 0 && boot_time() < ban.expires;
}

Result<std::vector<Ban>> Bans::list() const {
  const std::uint64_t now = boot_time();
  std::vector<Ban> found;
  for_each_key(map_.get(), [&](const realpeer_source& key) {
    realpeer_ban ban{};
    if (bpf_map_lookup_elem(map_.get(), &key, &ban) == 0 && now < ban.expires) found.push_back(in_words(key, ban, now));
  });
  // A walk that had to start over saw some twice.
  std::ranges::sort(found, {}, &Ban::source);
  const auto same_source = [](const Ban& a, const Ban& b) { return a.source == b.source; };
  found.erase(std::unique(found.begin(), found.end(), same_source), found.end());
  std::ranges::stable_sort(found, std::ranges::greater{}, &Ban::age);
  return found;
}

Result<bool> Bans::add(const net::Address& source, seconds duration, realpeer_ban_reason reason) const {
  const auto key = source_key(source);
  const std::uint64_t now = boot_time();
  const realpeer_ban ban{
      .expires = expiry(now, duration), .since = now, .reason = static_cast<std::uint32_t>(reason), .pad = 0};
  realpeer_ban present{};
  const bool operators = reason == REALPEER_BAN_OPERATOR;
  if (!operators && bpf_map_lookup_elem(map_.get(), &key, &present) == 0 && present.expires >= ban.expires) {
    return false;
  }
  if (bpf_map_update_elem(map_.get(), &key, &ban, BPF_ANY) == 0) return true;
  const int failed = errno;
  const std::string what = "cannot ban " + source.to_string();
  if (failed != E2BIG) return describe(what, failed);
  if (operators || now >= full_until_->load()) {
    if (sweep() > 0 && bpf_map_update_elem(map_.get(), &key, &ban, BPF_ANY) == 0) return true;
    full_until_->store(now + static_cast<std::uint64_t>(nanoseconds(full_pause).count()));
  }
  return Error::because(what + ": the map of bans is full");
}

Result<bool> Bans::remove(const net::Address& source) const {
  const auto key = source_key(source);
  if (bpf_map_delete_elem(map_.get(), &key) == 0) return true;
  if (errno == ENOENT) return false;
  return describe("cannot lift the ban on " + source.to_string(), errno);
}

std::size_t Bans::sweep() const {
  const std::uint64_t now = boot_time();
  std::vector<realpeer_source> expired;
  for_each_key(map_.get(), [&](const realpeer_source& key) {
    realpeer_ban ban{};
    if (bpf_map_lookup_elem(map_.get(), &key, &ban) == 0 && ban.expires <= now) expired.push_back(key);
  });
  // Another process may renew one at this moment: what was taken out is looked at once more, and put back.
  return static_cast<std::size_t>(std::ranges::count_if(expired, [&](const realpeer_source& key) {
    realpeer_ban ban{};
    if (bpf_map_lookup_and_delete_elem(map_.get(), &key, &ban) != 0) return false;
    if (ban.expires <= now) return true;
    bpf_map_update_elem(map_.get(), &key, &ban, BPF_NOEXIST);
    return false;
  }));
}

}  // namespace realpeer::kernel
