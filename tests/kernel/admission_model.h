// Admission once more, as a specification to compare the programs with: offsets and whole values where they have
// cursors and branches, and lists where they have tries.
#pragma once

#include <string>

#include "harness/packets.h"
#include "kernel/admission_rules.h"

namespace realpeer::test {

// The counter a frame moves under these rules, which have no rate, or "passed".
std::string model_verdict(const testing::Bytes& frame, const kernel::AdmissionRules& rules);

}  // namespace realpeer::test
