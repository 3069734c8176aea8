// The directory on bpffs that holds what one daemon pins.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/fd.h"
#include "kernel/result.h"

namespace realpeer::kernel {

// BPFFS/realpeer/NODE, locked while its owner lives; so a second daemon of the same name is refused, and what a
// killed one left behind is known to be dead and replaced.
class Instance {
 public:
  static Result<Instance> claim(const std::string& bpffs, const std::string& node);
  // The other daemon's, with a copy of its descriptor of the lock. What is pinned stands beside the other's pins until
  // take_over().
  static Result<Instance> share(const std::string& bpffs, const std::string& node, UniqueFd lock);

  Instance(Instance&& other) noexcept = default;
  Instance& operator=(Instance&&) = delete;
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();  // removes its pins, and the directory unless it is another's as well

  // It was share()d and did not take_over().
  [[nodiscard]] bool beside() const { return beside_; }

  // Puts our pins in the place of the other daemon's, and removes those that we have not. Its pin `kept` stays as the path returned, so that what it knows
  // is still found: hand_over() is to be told, and whoever outlives the other daemon removes it.
  Result<std::string> take_over(std::string_view kept);
  // What others see is another daemon's now, and so is the lock, except for the pin at this path.
  void hand_over(std::string kept);
  // Of the lock. Whoever has a copy of it may share(). -1 after hand_over().
  [[nodiscard]] int lock() const { return lock_.get(); }

  [[nodiscard]] const std::string& path() const { return path_; }
  // Path of the pin called `name`, for others.
  [[nodiscard]] std::string pin(std::string_view name) const { return path_ + "/" + std::string(name); }
  // Where to make it.
  [[nodiscard]] std::string new_pin(std::string_view name) const { return pin(name) + (beside_ ? next : ""); }

 private:
  static constexpr const char* next = "-next";  // bpffs takes no dots

  Instance(std::string path, UniqueFd lock, bool beside)
      : path_(std::move(path)), lock_(std::move(lock)), beside_(beside) {}

  std::string path_;
  UniqueFd lock_;
  bool beside_;                             // another daemon's pins are there
  std::optional<std::string> handed_over_;  // the pin that is left of ours; nothing: all are ours
};

// Names of the instances below BPFFS/realpeer whose daemon lives. What a killed one left behind is not kept up to date
// any more: its entries would name clients of connections long gone.
std::vector<std::string> living_instances(const std::string& bpffs);

}  // namespace realpeer::kernel
