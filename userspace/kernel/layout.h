// The version of what is in pinned maps (REALPEER_LAYOUT_VERSION of bpf/shared.h), pinned beside them, so that readers
// of another version of realpeer refuse in words what they would misread.
#pragma once

#include <cstdint>
#include <string>

#include "kernel/instance.h"
#include "kernel/result.h"

namespace realpeer::kernel {

// Name of the pin below the instance's directory: an array of one 32-bit number.
inline constexpr const char* layout_pin = "layout";

// Once or more for an instance.
Result<void> pin_layout(const Instance& instance);

// Whether maps of the instance in this directory are to be read by this program. The error says what to do instead.
Result<void> check_layout(const std::string& directory);

}  // namespace realpeer::kernel
