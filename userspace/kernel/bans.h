// Sources that are dropped until a time: a pinned map that the daemon and commands share.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "bpf/shared.h"
#include "kernel/fd.h"
#include "kernel/result.h"
#include "net/address.h"

namespace realpeer::kernel {

// Name of the pin below the instance's directory.
inline constexpr const char* bans_pin = "bans";

struct Ban {
  net::Address source;               // an IPv4 address, or the first of an IPv6 /64
  std::chrono::seconds age{};        // since it was imposed, or last renewed
  std::chrono::seconds remaining{};  // rounded up; Bans::for_good when it never ends
  std::uint32_t reason = 0;          // enum realpeer_ban_reason
};

// Thread-safe, as the kernel's map is.
class Bans {
 public:
  static constexpr auto for_good = std::chrono::seconds::max();

  // From the pin alone, in any process that may read it.
  static Result<Bans> open(const std::string& pin);
  // From the loaded object's descriptor, which is duplicated.
  static Result<Bans> of(int map);

  // Whether a ban on this source is in force.
  [[nodiscard]] bool has(const net::Address& source) const;
  // Those in force, oldest first.
  [[nodiscard]] Result<std::vector<Ban>> list() const;
  // Bans an IPv4 address, or all of the /64 of an IPv6 address. The operator's word replaces a ban that is there;
  // another reason never shortens one: false when it stays as it is. A full map is swept first, if that may help.
  [[nodiscard]] Result<bool> add(const net::Address& source, std::chrono::seconds duration,
                                 realpeer_ban_reason reason) const;
  // False when there was none.
  [[nodiscard]] Result<bool> remove(const net::Address& source) const;
  // Forgets expired ones; how many. The kernel ignores them, but they take room.
  [[nodiscard]] std::size_t sweep() const;

 private:
  explicit Bans(UniqueFd map) : map_(std::move(map)) {}

  UniqueFd map_;
  // CLOCK_BOOTTIME in ns: the last sweep freed nothing, and walking a full map takes 100 ms.
  std::unique_ptr<std::atomic<std::uint64_t>> full_until_ = std::make_unique<std::atomic<std::uint64_t>>(0);
};

// The key of `sources` and `bans` that an address falls under.
realpeer_source source_key(const net::Address& address);

}  // namespace realpeer::kernel
