// The files a configuration is made of.
#pragma once

#include <string>
#include <vector>

#include "config/reader.h"

namespace realpeer::config {

// The text of a file; the problem says why it cannot be read and the remedy, to follow the file's name.
Parsed<std::string> read_file(const std::string& path);

// The path of a file that a setting names: absolute, or below the folder of the file the setting stands in.
std::string beside(const Report& report, const std::string& path);

struct Included {
  std::string path;
  int line = 0;  // of the main file
};

struct Includes {
  std::vector<Included> files;
  bool complete = true;  // else an error was recorded, and there may be more files
};

// The files of the `include` list: paths, or shell patterns (glob(7)) in the order of their names; relative to the
// folder of `main`. Each file once, and never `main`. A path that leads nowhere is the caller's to find out; a pattern
// may match nothing, but not pass over a folder that cannot be read.
Includes find_included(Report& report, const MapReader& root, const std::string& main);

}  // namespace realpeer::config
