// The directory on bpffs that holds what one daemon pins.
#pragma once

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

  Instance(Instance&& other) noexcept = default;
  Instance& operator=(Instance&&) = delete;
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();  // removes the pins and the directory

  [[nodiscard]] const std::string& path() const { return path_; }
  // Path of the pin called `name`.
  [[nodiscard]] std::string pin(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  Instance(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  UniqueFd lock_;
};

// Names of the instances below BPFFS/realpeer whose daemon lives. What a killed one left behind is not kept up to date
// any more: its entries would name clients of connections long gone.
std::vector<std::string> living_instances(const std::string& bpffs);

}  // namespace realpeer::kernel
