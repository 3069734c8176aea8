#include <gflags/gflags.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <boost/process.hpp>
#include <csignal>
#include <fstream>
#include <iostream>

#include "commands/commands.h"
#include "kernel/transparent.h"

DEFINE_bool(print, false, "setup: print the commands and change nothing");
DEFINE_bool(apply, false, "setup: make this host ready; again is no harm");
DEFINE_bool(undo, false, "setup: take everything back");

namespace realpeer::commands {
namespace {

namespace process = boost::process;

struct Step {
  std::string program;  // "ip" or "nft"
  std::vector<std::string> words{};
  std::string input{};     // on its standard input
  std::string harmless{};  // what it says when there was nothing to do
};

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

Step ip(const std::string& line, const std::string& harmless) {
  return {.program = "ip", .words = split(line), .harmless = harmless};
}

// What is led to the table.
std::vector<std::string> selectors(const std::string& loopback) {
  return {fmt::format("fwmark {}", kernel::transparent_mark), fmt::format("from {} iif lo", loopback)};
}

// Each family of this host with its loopback addresses.
std::vector<std::pair<std::string, std::string>> families() {
  std::vector<std::pair<std::string, std::string>> found{{"-4", "127.0.0.0/8"}};
  std::ifstream disabled("/proc/sys/net/ipv6/conf/lo/disable_ipv6");
  if (int value = 1; disabled >> value && value == 0) found.emplace_back("-6", "::1/128");
  return found;
}

// One transaction: replaces what is there, or with nothing to `put` takes it away.
Step replace_table(const std::string& put) {
  const std::string table = fmt::format("table inet {}", kernel::transparent_nft_table);
  return {.program = "nft", .words = {"-f", "-"}, .input = fmt::format("{0}\ndelete {0}\n{1}", table, put)};
}

std::vector<Step> steps_to_apply() {
  std::vector<Step> steps;
  constexpr auto number = kernel::transparent_mark;
  for (const auto& [family, loopback] : families()) {
    // The route first: a rule that leads to an empty table leads on to the next one.
    steps.push_back(ip(fmt::format("{} route replace local default dev lo table {}", family, number), ""));
    for (const std::string& selector : selectors(loopback)) {
      steps.push_back(ip(fmt::format("{0} rule add {1} lookup {2} pref {2}", family, selector, number), "File exists"));
    }
  }
  steps.push_back(replace_table(fmt::format(R"(table inet {} {{
  chain prerouting {{
    type filter hook prerouting priority mangle;
    meta l4proto tcp socket wildcard 0 socket transparent 1 meta mark set {};
  }}
}}
)",
                                            kernel::transparent_nft_table, number)));
  return steps;
}

std::vector<Step> steps_to_undo() {
  std::vector<Step> steps{replace_table("")};
  constexpr auto number = kernel::transparent_mark;
  for (const auto& [family, loopback] : families()) {
    for (const std::string& selector : selectors(loopback)) {
      steps.push_back(ip(fmt::format("{0} rule del {1} lookup {2} pref {2}", family, selector, number),
                         "No such file or directory"));
    }
    steps.push_back(ip(fmt::format("{} route flush table {}", family, number), "FIB table does not exist"));
  }
  return steps;
}

void print(const Step& step) {
  std::cout << step.program;
  for (const auto& word : step.words) std::cout << ' ' << word;
  if (!step.input.empty()) std::cout << " <<'END'\n" << step.input << "END";
  std::cout << '\n';
}

// These programs stand where a user's PATH may not lead.
boost::filesystem::path find(const std::string& program) {
  auto path = ::boost::this_process::path();
  for (const char* directory : {"/usr/sbin", "/sbin", "/usr/bin", "/bin"}) path.emplace_back(directory);
  return process::search_path(program, path);
}

// What went wrong; empty: nothing.
std::string carry_out(const Step& step) {
  const auto program = find(step.program);
  if (program.empty()) return step.program + " is not installed";
  process::opstream input;
  process::ipstream errors;
  process::child child(program, step.words, process::std_in<input, process::std_err> errors,
                       process::std_out > process::null);
  input << step.input;
  input.flush();
  input.pipe().close();
  const std::string said((std::istreambuf_iterator<char>(errors)), std::istreambuf_iterator<char>());
  child.wait();
  const bool harmless = !step.harmless.empty() && said.find(step.harmless) != std::string::npos;
  if (child.exit_code() == 0 || harmless) return {};
  std::string text = step.program;
  for (const auto& word : step.words) text += " " + word;
  return text + ": " + (said.empty() ? "exit status " + std::to_string(child.exit_code()) : said);
}

// To undo goes on after a failure: the more is taken back, the better.
int carry_out(const std::vector<Step>& steps, bool to_the_end) {
  int status = 0;
  for (const Step& step : steps) {
    std::string failed;
    try {
      failed = carry_out(step);
    } catch (const process::process_error& error) {
      failed = step.program + ": " + error.what();
    }
    if (failed.empty()) continue;
    std::cerr << "realpeer: " << failed << (failed.ends_with('\n') ? "" : "\n");
    status = 1;
    if (!to_the_end) break;
  }
  return status;
}

// Before the first change: half a setup helps nobody.
bool all_installed(const std::vector<Step>& steps) {
  return std::ranges::all_of(steps, [](const Step& step) {
    if (!find(step.program).empty()) return true;
    std::cerr << "realpeer: " << step.program
              << " is not installed (Debian: " << (step.program == "ip" ? "iproute2" : "nftables") << ")\n";
    return false;
  });
}

}  // namespace

int setup(Arguments arguments) {
  if (arguments.size() != 1 || arguments[0] != "transparent") return usage_error("setup takes one word: transparent");
  if (int{FLAGS_print} + int{FLAGS_apply} + int{FLAGS_undo} != 1) {
    return usage_error("setup transparent takes one of --print, --apply and --undo");
  }
  const auto steps = FLAGS_undo ? steps_to_undo() : steps_to_apply();
  // A program may end before it has read its input.
  std::signal(SIGPIPE, SIG_IGN);
  if (FLAGS_apply && !all_installed(steps)) return 1;
  if (!FLAGS_print) return carry_out(steps, FLAGS_undo);
  for (const Step& step : steps) print(step);
  return 0;
}

}  // namespace realpeer::commands
