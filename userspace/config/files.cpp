#include "config/files.h"

#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace realpeer::config {

namespace {

Problem unreadable(const std::string& cause) {
  return {"cannot be read: " + cause + ": name a readable configuration file"};
}

std::vector<std::string> matches(const std::string& pattern) {
  std::vector<std::string> paths;
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return paths;
}

bool is_pattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

// Whether both are one file, if by different names.
bool same_file(const std::string& one, const std::string& other) {
  std::error_code failed;
  return one == other || std::filesystem::equivalent(one, other, failed);
}

}  // namespace

Parsed<std::string> read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(std::generic_category().message(errno));
  std::string text(ranges::file_size + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  // A directory opens and then fails to be read.
  if (file.bad()) return unreadable(std::generic_category().message(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > ranges::file_size) return unreadable("it is larger than 4 MiB");
  return {boost::system::in_place_value, std::move(text)};
}

std::vector<Included> find_included(Report& report, const MapReader& root, const std::string& main) {
  std::vector<Included> files;
  const Value* list = root.find("include");
  if (list == nullptr) return files;
  const std::filesystem::path folder = std::filesystem::path(main).parent_path();
  for (const Value& item : read_items(report, *list)) {
    const auto text = read_text(report, item);
    if (!text) continue;
    const std::string path = (folder / *text).string();
    for (const std::string& file : is_pattern(path) ? matches(path) : std::vector{path}) {
      const bool known = same_file(file, main) || std::ranges::any_of(files, [&file](const Included& other) {
                           return same_file(file, other.path);
                         });
      if (!known) files.push_back({file, item.line});
    }
  }
  return files;
}

}  // namespace realpeer::config
