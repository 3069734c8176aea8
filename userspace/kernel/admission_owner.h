// Whose admission is attached to an interface.
#pragma once

#include <string>
#include <vector>

#include "kernel/interface.h"

namespace realpeer::kernel {

// One for each living daemon of this host whose programs judge on the interface: "native, by node 'prod-1'". Programs
// of other kinds are not named; needs CAP_BPF, or root, and says nothing without.
std::vector<std::string> attached_admission(const Interface& interface);

}  // namespace realpeer::kernel
