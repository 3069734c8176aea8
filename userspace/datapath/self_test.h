// Whether this kernel splices sockets without losing or mixing up bytes: tried, not guessed from its version.
#pragma once

#include "kernel/result.h"
#include "kernel/splice_map.h"

namespace realpeer::datapath {

// Splices connections over loopback and compares content: bytes queued before insertion, a reader that stalls until
// the sender is stopped, both directions at once, half-close with bytes still queued. Well under a second where all
// is right; the error names the stage that failed. Uses the ring buffer of worker 0, hence before any worker runs.
kernel::Result<void> self_test(kernel::SpliceMap& map);

}  // namespace realpeer::datapath
