// Bytes that end where memory ends: whoever reads behind them does not survive it.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <new>
#include <span>

namespace realpeer::capture {

class Guarded {
 public:
  explicit Guarded(std::size_t most) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    room_ = (most + page - 1) / page * page;
    mapped_ = room_ + page;
    void* memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<std::byte*>(memory);
    if (::mprotect(memory_ + room_, page, PROT_NONE) != 0) throw std::bad_alloc();
  }
  ~Guarded() { ::munmap(memory_, mapped_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  // A copy that is there until the next one.
  std::span<const std::byte> hold(std::span<const std::uint8_t> bytes) {
    std::byte* const at = memory_ + room_ - bytes.size();
    std::ranges::copy(std::as_bytes(bytes), at);
    return {at, bytes.size()};
  }

 private:
  std::size_t room_ = 0;
  std::size_t mapped_ = 0;
  std::byte* memory_ = nullptr;
};

}  // namespace realpeer::capture
