// Flags that more than one command reads; a flag of one command alone stands in that command's file.
#include <gflags/gflags.h>

#include "commands/commands.h"

DEFINE_string(config, "", "the configuration file");
DEFINE_bool(json, false, "print JSON instead of text");
DEFINE_string(admin, "", "the admin listener of the daemon: ADDR:PORT or unix:PATH");
DEFINE_string(node, "", "ban, reload, upgrade: the daemon, where several run; its `node:`");
DEFINE_string(runtime_dir, "", "run, reload, upgrade, cleanup: where the control socket is; default: /run/realpeer");
DEFINE_string(token_file, "", "holds the token of the admin listener, where it asks for one");

namespace realpeer::commands {

namespace {

// "hop" or "hop=VALUE" of "--hop", "-hop=VALUE"; empty for what is no flag.
std::string without_dashes(const std::string& word) {
  const auto begin = word.find_first_not_of('-');
  return begin == 0 || begin == std::string::npos || begin > 2 ? std::string() : word.substr(begin);
}

}  // namespace

std::vector<std::string> join_repeated(std::vector<std::string> words, std::string_view flag) {
  const std::string name(flag);
  std::vector<std::string> others;
  std::string values;
  bool over = false;  // the flags
  const auto add = [&values](const std::string& value) { values += (values.empty() ? "" : ",") + value; };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto bare = over ? std::string() : without_dashes(words[i]);
    over = over || words[i] == "--";
    if (bare == name && i + 1 < words.size()) {
      add(words[++i]);
    } else if (bare.starts_with(name + "=")) {
      add(bare.substr(name.size() + 1));
    } else {
      others.push_back(std::move(words[i]));
    }
  }
  // Behind the program's name: what stands behind "--" is no flag.
  if (!values.empty()) others.insert(others.begin() + 1, "--" + name + "=" + values);
  return others;
}

}  // namespace realpeer::commands
