// The larger sections of the configuration. Each fills in what it could read and records the rest.
#pragma once

#include "config/config.h"
#include "config/reader.h"

namespace realpeer::config {

inline constexpr std::string_view backends_remedy =
    "name at least one, as in backends: { web: { endpoints: ['10.0.0.7:80'] } }";
inline constexpr std::string_view listeners_remedy = "list at least one with name, bind and route";

// The backends as they are named in all files, whatever else is wrong with them, so that one mistake is one error: a
// route to a backend that has problems is right.
struct BackendNames {
  std::vector<std::string> names;
  bool complete = true;  // else a part could not be read, and a name that is not here may stand there
};

// Adds the backends of one file; a name taken by another file's is an error.
void read_backends(Report& report, const MapReader& root, Config& config, BackendNames& names);

// Adds the listeners of one file. After read_backends() for all files, since routes name backends. Listeners that have
// problems are kept, with defaults where a setting could not be read, so that lint() sees all of them.
void read_listeners(Report& report, const MapReader& root, const BackendNames& backends, Config& config);

// What may come in: before there is a socket, and after the client is known.
void read_admission(Report& report, const MapReader& root, Admission& admission);
void read_limits(Report& report, const MapReader& root, Limits& limits);

// Where the daemon answers questions about itself.
void read_admin(Report& report, const MapReader& root, std::optional<Admin>& admin);

// The `tls` of a listener.
void read_tls(Report& report, const MapReader& listener_map, std::optional<Tls>& tls);

// The `route` of a listener.
void read_route(Report& report, const MapReader& listener_map, const BackendNames& backends, Listener& listener);

}  // namespace realpeer::config
