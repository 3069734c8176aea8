// The kernel's view of a daemon's maps, by bpf(2) alone: how many entries are in them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace realpeer::testing {

// A map, open for counting.
class BpfMap {
 public:
  // Nothing when there is no map at the path.
  static std::optional<BpfMap> pinned(const std::filesystem::path& path);
  static std::optional<BpfMap> by_id(unsigned id);

  BpfMap(BpfMap&& other) noexcept;
  BpfMap& operator=(BpfMap&&) = delete;
  ~BpfMap();

  [[nodiscard]] std::size_t entries() const;
  [[nodiscard]] bool keeps_entries() const;  // a hash of some kind: an array always has all of its keys
  [[nodiscard]] std::string name() const;

 private:
  explicit BpfMap(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

// Entries per hash map the process holds open, by "name#id".
std::map<std::string, std::size_t> map_entries_of(pid_t pid);

}  // namespace realpeer::testing
