// Buffers for bytes on their way through userspace, one pool per worker.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace realpeer::datapath {

// A direction holds a block only while its target takes no more; idle connections hold none.
struct Block {
  static constexpr std::size_t capacity = std::size_t{128} * 1024;
  std::array<std::byte, capacity> bytes;
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t size() const { return end - begin; }
};

// Not thread-safe. Keeps a few free blocks, so that a stream that stalls now and then does not allocate each time.
class BlockPool {
 public:
  std::unique_ptr<Block> take() {
    // For overwrite: 128 KiB of zeros would be written for nothing.
    if (free_.empty()) return std::make_unique_for_overwrite<Block>();
    auto block = std::move(free_.back());
    free_.pop_back();
    block->begin = block->end = 0;
    return block;
  }

  void give_back(std::unique_ptr<Block> block) {
    if (block && free_.size() < kept) free_.push_back(std::move(block));
  }

 private:
  static constexpr std::size_t kept = 16;
  std::vector<std::unique_ptr<Block>> free_;
};

// What one worker moves bytes through.
struct Buffers {
  // As much as a source can hold, see largest_window in sizing.h. Memory is used up to the most ever peeked at.
  static constexpr std::size_t peek_size = std::size_t{4} << 20U;

  BlockPool blocks;
  std::unique_ptr<std::byte[]> peek = std::make_unique_for_overwrite<std::byte[]>(peek_size);
};

}  // namespace realpeer::datapath
