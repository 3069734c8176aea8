// Counters that each processor keeps for itself.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "kernel/result.h"

namespace realpeer::kernel {

// Element `index` of a per-CPU array of 64-bit counters, summed over all processors.
Result<std::uint64_t> sum_per_cpu(int map, std::uint32_t index, std::string_view what);

// All of its elements. `what` is the map in messages.
template <std::size_t N>
Result<std::array<std::uint64_t, N>> sum_per_cpu(int map, std::string_view what) {
  std::array<std::uint64_t, N> sums{};
  for (std::uint32_t index = 0; index < N; ++index) {
    const auto sum = sum_per_cpu(map, index, what);
    if (!sum) return sum.error();
    sums.at(index) = *sum;
  }
  return sums;
}

}  // namespace realpeer::kernel
