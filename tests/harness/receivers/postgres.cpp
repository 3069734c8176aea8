#include "harness/receivers/postgres.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace realpeer::testing {
namespace {

// Debian keeps the programs of each major version in a folder of their own; the newest will do.
std::string program(const std::string& name) {
  std::vector<std::filesystem::path> versions;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", error)) {
    if (std::filesystem::exists(entry.path() / "bin" / name)) versions.push_back(entry.path());
  }
  if (versions.empty()) throw std::runtime_error("PostgreSQL is not installed: no " + name);
  return *std::max_element(versions.begin(), versions.end()) / "bin" / name;
}

ServerStart prepared(const Netns& netns, const Endpoint& at, const std::string& access,
                     const TemporaryDirectory& directory) {
  directory.give_to(kNobody);
  const std::string data = directory.path() / "data";
  const auto made = run({program("initdb"), "--pgdata=" + data, "--username=postgres", "--auth=trust", "--no-sync",
                         "--locale=C", "--encoding=UTF8"},
                        {.user = kNobody});
  if (made.code != 0) throw std::runtime_error("initdb:\n" + made.output + made.errors);
  const auto hba = directory.write("pg_hba.conf", access);
  std::vector<std::string> command = {program("postgres"), "-D", data};
  // Small, and careless of a power failure: it is thrown away.
  for (const std::string& setting :
       {"listen_addresses=" + at.address().to_string(), "port=" + std::to_string(at.port()), "hba_file=" + hba.string(),
        std::string("unix_socket_directories="), std::string("fsync=off"), std::string("shared_buffers=4MB"),
        std::string("dynamic_shared_memory_type=mmap"), std::string("log_connections=on")}) {
    command.insert(command.end(), {"-c", setting});
  }
  return {.command = command, .netns = netns, .ports = {at.port()}};
}

}  // namespace

Postgres::Postgres(const Netns& netns, const Endpoint& at, const std::string& access)
    : server_(prepared(netns, at, access, directory_)) {
  // It listens before it is ready.
  static_cast<void>(server_.wait_for_message("ready to accept connections", Duration{20'000}));
}

Postgres::~Postgres() {
  server_.process().signal(SIGQUIT);
  eventually([&] { return !std::filesystem::exists(directory_.path() / "data" / "postmaster.pid"); }, kDeadline);
}

Finished psql(const Netns& netns, const Endpoint& to, const std::string& statement) {
  return run({program("psql"), "--no-psqlrc", "--no-align", "--tuples-only", "--command=" + statement,
              "host=" + to.address().to_string() + " port=" + std::to_string(to.port()) +
                  " user=postgres dbname=postgres connect_timeout=10"},
             {.netns = &netns});
}

}  // namespace realpeer::testing
