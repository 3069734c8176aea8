#include "kernel/per_cpu.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <numeric>
#include <string>
#include <vector>

namespace realpeer::kernel {

Result<std::uint64_t> sum_per_cpu(int map, std::uint32_t index, std::string_view what) {
  const int processors = libbpf_num_possible_cpus();
  if (processors < 0) return describe("cannot count processors", -processors);
  std::vector<std::uint64_t> of_each(static_cast<std::size_t>(processors));
  if (bpf_map_lookup_elem(map, &index, of_each.data()) != 0) return describe("cannot read " + std::string(what), errno);
  return std::accumulate(of_each.begin(), of_each.end(), std::uint64_t{0});
}

}  // namespace realpeer::kernel
