#include "harness/receivers/mariadb.h"

#include <stdexcept>

namespace realpeer::testing {
namespace {

// Small, and careless of a power failure: it is thrown away.
const std::vector<std::string> kSmallAndFast = {
    "--innodb-buffer-pool-size=8M",
    "--innodb-log-file-size=4M",
    "--innodb-data-file-path=ibdata1:4M:autoextend",
    "--innodb-temp-data-file-path=ibtmp1:2M:autoextend",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-fast-shutdown=2",
    "--aria-sync-log-dir=never",
    "--sync-frm=0",
};

void install(const std::string& data) {
  // A script, and one cannot be run by its descriptor.
  std::vector<std::string> command = {"/bin/sh", "/usr/bin/mariadb-install-db", "--no-defaults", "--datadir=" + data,
                                      "--force", "--skip-name-resolve",         "--skip-test-db"};
  command.insert(command.end(), kSmallAndFast.begin(), kSmallAndFast.end());
  const auto done = run(command, {.user = kNobody});
  if (done.code != 0) throw std::runtime_error("mariadb-install-db:\n" + done.output + done.errors);
}

ServerStart prepared(const Netns& netns, const Endpoint& at, const std::string& gateway, const std::string& accounts,
                     const TemporaryDirectory& directory) {
  directory.give_to(kNobody);
  const std::string data = directory.path() / "data";
  install(data);
  std::vector<std::string> command = {"/usr/sbin/mariadbd",
                                      "--no-defaults",
                                      "--datadir=" + data,
                                      "--socket=" + data + "/socket",
                                      "--bind-address=" + at.address().to_string(),
                                      "--port=" + std::to_string(at.port()),
                                      "--init-file=" + directory.write("accounts.sql", accounts).string(),
                                      "--skip-name-resolve",
                                      "--proxy-protocol-networks=" + gateway};
  command.insert(command.end(), kSmallAndFast.begin(), kSmallAndFast.end());
  return {.command = command, .netns = netns, .ports = {at.port()}};
}

}  // namespace

MariaDb::MariaDb(const Netns& netns, const Endpoint& at, const std::string& gateway, const std::string& accounts)
    : server_(prepared(netns, at, gateway, accounts, directory_)) {}

Finished mariadb(const Netns& netns, const Endpoint& to, const std::string& user, const std::string& statement) {
  return run({"/usr/bin/mariadb", "--no-defaults", "--protocol=tcp", "--host=" + to.address().to_string(),
              "--port=" + std::to_string(to.port()), "--user=" + user, "--password=secret", "--connect-timeout=10",
              "--batch", "--skip-column-names", "--execute=" + statement},
             {.netns = &netns});
}

}  // namespace realpeer::testing
