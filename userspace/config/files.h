// The files a configuration is made of.
#pragma once

#include <string>
#include <vector>

#include "config/reader.h"

namespace realpeer::config {

// The text of a file; the problem says why it cannot be read and the remedy, to follow the file's name.
Parsed<std::string> read_file(const std::string& path);

struct Included {
  std::string path;
  int line = 0;  // of the main file
};

// The files of the `include` list: paths, or shell patterns (glob(7)) in the order of their names; relative to the
// folder of `main`. Each file once. A path that leads nowhere is an error; a pattern may match nothing.
std::vector<Included> find_included(Report& report, const MapReader& root, const std::string& main);

}  // namespace realpeer::config
