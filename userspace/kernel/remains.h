// What a daemon that was killed leaves behind. Links end with their process; these do not.
#pragma once

#include <string>
#include <vector>

namespace realpeer::kernel {

struct Cleaning {
  std::vector<std::string> removed;  // in words, one a line
  std::vector<std::string> failed;
  std::vector<std::string> living;  // nodes that were left alone
};

// Removes the pins, clsact filters (of the caller's network namespace) and empty cgroups of all dead daemons on this
// host.
Cleaning remove_remains();

}  // namespace realpeer::kernel
