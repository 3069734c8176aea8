// Whose admission is attached to an interface.
#pragma once

#include <string>
#include <vector>

#include "kernel/interface.h"

namespace realpeer::kernel {

struct AttachedAdmission {
  std::string mode;  // "native", "generic" or "tc"
  std::string node;  // of the daemon
};

// One for each living daemon of this host whose programs judge on the interface. Needs CAP_BPF, or root, and finds
// nothing without.
std::vector<AttachedAdmission> attached_admission(const Interface& interface);

}  // namespace realpeer::kernel
