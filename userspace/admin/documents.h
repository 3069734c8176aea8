// What the daemon tells of itself, as JSON. The names of fields are a contract: docs/operations.md.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <span>
#include <vector>

#include "config/load.h"
#include "observe/refusals.h"
#include "observe/tally.h"
#include "session/looking.h"
#include "upstream/pool.h"

namespace realpeer::admin {

// One entry each of the lists that the documents hold.
boost::json::object listener_document(const config::Config& config, const config::Listener& listener,
                                      const observe::ListenerTally& tally, std::span<const config::Diagnostic> lint);
boost::json::object backend_document(const config::Backend& backend, std::span<const upstream::EndpointStatus> status);
boost::json::object refusal_document(const observe::SeenRefusal& refusal);

// Of the connections to backends, in the buckets of Prometheus.
boost::json::object histogram_document(const observe::Histogram::Snapshot& times);

boost::json::object connections_document(const session::Sight& sight, const session::Looking& looking,
                                         std::chrono::steady_clock::time_point now);

// Of all that was found wrong with the configuration, what speaks of this listener.
std::vector<config::Diagnostic> lint_of(const config::Listener& listener, std::span<const config::Diagnostic> all);

}  // namespace realpeer::admin
