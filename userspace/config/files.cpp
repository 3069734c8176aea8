#include "config/files.h"

#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "config/spelling.h"

namespace realpeer::config {

namespace {

Problem unreadable(const std::string& cause) {
  return {"cannot be read: " + cause + ": name a readable configuration file"};
}

bool is_pattern(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

// A pattern that matches `path` alone.
std::string escaped(const std::string& path) {
  std::string pattern;
  for (const char c : path) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

Parsed<std::vector<std::string>> matches(const std::string& pattern) {
  std::vector<std::string> paths;
  glob_t found{};
  // A folder that is not there holds nothing; one that cannot be read may hold what this gateway is to serve.
  const auto stop = [](const char* /*folder*/, int error) { return error == ENOENT ? 0 : 1; };
  errno = 0;
  const int failed = ::glob(pattern.c_str(), 0, stop, &found);
  const int cause = errno;
  if (failed == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (failed == 0 || failed == GLOB_NOMATCH) return {boost::system::in_place_value, std::move(paths)};
  return Problem{"cannot be looked for: " + std::generic_category().message(failed == GLOB_NOSPACE ? ENOMEM : cause) +
                 ": name folders that can be read"};
}

// The files that one item of the list means.
Parsed<std::vector<std::string>> files_of(const std::string& item, const std::filesystem::path& folder) {
  if (is_pattern(item)) return matches((std::filesystem::path(escaped(folder.string())) / item).string());
  return {boost::system::in_place_value, 1, (folder / item).string()};
}

// Whether both are one file, if by different names.
bool same_file(const std::string& one, const std::string& other) {
  std::error_code failed;
  return one == other || std::filesystem::equivalent(one, other, failed);
}

}  // namespace

std::string beside(const Report& report, const std::string& path) {
  return (std::filesystem::path(report.file()).parent_path() / path).string();
}

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

Includes find_included(Report& report, const MapReader& root, const std::string& main) {
  Includes found;
  if (!root.mentions("include")) return found;
  const Value* list = root.find("include");
  found.complete = list != nullptr && list->node.IsSequence();
  if (list == nullptr) return found;
  const std::filesystem::path folder = std::filesystem::path(main).parent_path();
  const auto known = [&](const std::string& file) {
    const auto same = [&file](const Included& other) { return same_file(file, other.path); };
    return same_file(file, main) || std::ranges::any_of(found.files, same);
  };
  for (const Value& item : read_items(report, *list)) {
    const auto files = read_scalar(report, item, [&folder](std::string_view text) -> Parsed<std::vector<std::string>> {
      auto parsed = files_of(std::string(text), folder);
      if (!parsed) return Problem{quoted(text) + " " + parsed.error().text};
      return parsed;
    });
    if (!files) found.complete = false;
    for (const std::string& file : files.value_or(std::vector<std::string>())) {
      if (!known(file)) found.files.push_back({file, item.line});
    }
  }
  return found;
}

}  // namespace realpeer::config
