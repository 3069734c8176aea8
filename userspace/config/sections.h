// The large sections of the configuration. Each fills in what it could read and records the rest.
#pragma once

#include "config/config.h"
#include "config/reader.h"

namespace realpeer::config {

void read_backends(Report& report, const MapReader& root, Config& config);

// After read_backends(), since routes name backends. Listeners that have problems are kept, with defaults where a
// setting could not be read, so that lint() sees all of them.
void read_listeners(Report& report, const MapReader& root, Config& config);

}  // namespace realpeer::config
