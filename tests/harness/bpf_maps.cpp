#include "harness/bpf_maps.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

namespace realpeer::testing {
namespace {

long bpf(bpf_cmd command, bpf_attr& attribute) { return ::syscall(SYS_bpf, command, &attribute, sizeof attribute); }

std::uint64_t address_of(const void* data) { return reinterpret_cast<std::uintptr_t>(data); }

bpf_map_info info_of(int descriptor) {
  bpf_map_info info{};
  bpf_attr attribute{};
  attribute.info.bpf_fd = static_cast<std::uint32_t>(descriptor);
  attribute.info.info_len = sizeof info;
  attribute.info.info = address_of(&info);
  if (bpf(BPF_OBJ_GET_INFO_BY_FD, attribute) < 0) throw std::system_error(errno, std::generic_category(), "map info");
  return info;
}

}  // namespace

std::optional<BpfMap> BpfMap::pinned(const std::filesystem::path& path) {
  bpf_attr attribute{};
  attribute.pathname = address_of(path.c_str());
  const auto descriptor = static_cast<int>(bpf(BPF_OBJ_GET, attribute));
  if (descriptor < 0) return std::nullopt;
  return BpfMap(descriptor);
}

std::optional<BpfMap> BpfMap::by_id(unsigned id) {
  bpf_attr attribute{};
  attribute.map_id = id;
  const auto descriptor = static_cast<int>(bpf(BPF_MAP_GET_FD_BY_ID, attribute));
  if (descriptor < 0) return std::nullopt;
  return BpfMap(descriptor);
}

BpfMap::BpfMap(BpfMap&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

BpfMap::~BpfMap() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t BpfMap::entries() const {
  std::vector<char> key(info_of(descriptor_).key_size), next(key.size());
  bpf_attr attribute{};
  attribute.map_fd = static_cast<std::uint32_t>(descriptor_);
  attribute.next_key = address_of(next.data());
  std::size_t count = 0;
  while (bpf(BPF_MAP_GET_NEXT_KEY, attribute) == 0) {
    ++count;
    key = next;
    attribute.key = address_of(key.data());
  }
  if (errno != ENOENT) throw std::system_error(errno, std::generic_category(), "map keys");
  return count;
}

bool BpfMap::keeps_entries() const {
  switch (info_of(descriptor_).type) {
    case BPF_MAP_TYPE_HASH:
    case BPF_MAP_TYPE_LRU_HASH:
    case BPF_MAP_TYPE_SOCKHASH: return true;
    default: return false;
  }
}

std::string BpfMap::name() const { return info_of(descriptor_).name; }

std::map<std::string, std::size_t> map_entries_of(pid_t pid) {
  std::map<std::string, std::size_t> result;
  for (const auto& file : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fdinfo")) {
    std::ifstream info(file.path());
    for (std::string key, value; info >> key >> value;) {
      if (key != "map_id:") continue;
      const auto map = BpfMap::by_id(static_cast<unsigned>(std::stoul(value)));
      if (map && map->keeps_entries()) result[map->name() + "#" + value] = map->entries();
    }
  }
  return result;
}

}  // namespace realpeer::testing
