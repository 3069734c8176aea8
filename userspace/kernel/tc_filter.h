// A program as a filter of an interface's clsact qdisc: how TC programs are attached where the kernel has no tcx.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "kernel/interface.h"
#include "kernel/result.h"

namespace realpeer::kernel {

// A filter outlives the process that made it, and whoever comes next must know it: hence a place of its own for each
// instance, which is locked while its daemon lives. The qdisc stays when the filter goes, since others may have come to
// use it. Destroy it in the network namespace it was made in.
class TcFilter {
 public:
  // Low, to come before filters that end the chain; not 1, which others take.
  static constexpr std::uint32_t priority = 5;
  // FNV-1a of the instance's name, never 0.
  static std::uint32_t handle_of(const std::string& instance);

  // Of the filter in the place of this instance; nothing where there is none.
  static std::optional<std::uint32_t> program_of(const Interface& interface, const std::string& instance);

  // Removes the filter in the place of this instance, which is dead; whether there was one. One that is not realpeer's
  // stays.
  static Result<bool> remove(const Interface& interface, const std::string& instance);

  // Replaces what a killed daemon of this instance left; a filter that is not realpeer's is an error.
  static Result<TcFilter> attach(const Interface& interface, int program, const std::string& instance);

  TcFilter(TcFilter&& other) noexcept
      : index_(std::exchange(other.index_, 0)), handle_(other.handle_), id_(other.id_) {}
  TcFilter& operator=(TcFilter&&) = delete;
  TcFilter(const TcFilter&) = delete;
  TcFilter& operator=(const TcFilter&) = delete;
  // Index of the interface, while the filter is the one that was attached.
  [[nodiscard]] std::optional<int> interface() const;
  ~TcFilter();  // removes the filter, if it still is the one that was attached

 private:
  TcFilter(int index, std::uint32_t handle, std::uint32_t id) : index_(index), handle_(handle), id_(id) {}

  int index_;  // of the interface; 0: moved from
  std::uint32_t handle_;
  std::uint32_t id_;  // of the program
};

}  // namespace realpeer::kernel
