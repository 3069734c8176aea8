#include "commands/admin_flags.h"

#include <gflags/gflags.h>

#include <iostream>

#include "admin/access.h"
#include "commands/commands.h"
#include "config/load.h"

DECLARE_string(admin);
DECLARE_string(config);
DECLARE_string(token_file);

namespace realpeer::commands {
namespace {

using admin_client::Address;
using admin_client::Client;
using Named = boost::system::result<Client, int>;

constexpr std::string_view usual_address = "127.0.0.1:9901";

int fail(const std::string& text) {
  std::cerr << "realpeer: " << text << '\n';
  return 1;
}

// Where to connect for what listens there: every address of this host is reached at its own.
std::string to_connect_to(const config::AdminBind& bind) {
  const auto* endpoint = std::get_if<net::Endpoint>(&bind);
  if (endpoint == nullptr || !endpoint->address().is_unspecified()) return config::to_string(bind);
  return (endpoint->address().is_v4() ? "127.0.0.1:" : "[::1]:") + std::to_string(endpoint->port());
}

Named client_at(std::string_view text, std::string token) {
  const auto address = Address::parse(text);
  if (!address) return usage_error(address.error().text);
  return Client(*address, std::move(token));
}

Named client_of_config(std::string token) {
  const auto loaded = config::load_file(FLAGS_config);
  if (!loaded.ok()) {
    for (const auto& diagnostic : loaded.diagnostics) std::cerr << diagnostic.to_string() << '\n';
    return usage_error(FLAGS_config + " has errors: name the admin listener by --admin ADDR");
  }
  const auto& admin = loaded.config.admin;
  if (!admin) {
    return usage_error(FLAGS_config +
                       " has no admin listener: add one, as in admin: { bind: 127.0.0.1:9901 }, and restart");
  }
  if (token.empty()) {
    auto access = admin::access_to(*admin);
    if (!access) return fail(access.error().to_string());
    token = std::move(access->token);
  }
  return client_at(to_connect_to(admin->bind), std::move(token));
}

Named usual_client(std::string token) {
  auto client = client_at(usual_address, std::move(token));
  if (const auto answer = client->get("/listeners"); !answer) {
    return fail(answer.error().text + " (another one is named by --admin ADDR, or by --config FILE)");
  }
  return client;
}

}  // namespace

boost::system::result<std::string, int> token_by_flag() {
  if (FLAGS_token_file.empty()) return std::string();
  auto token = admin::read_token(FLAGS_token_file);
  if (!token) return fail("--token_file " + token.error());
  return std::move(*token);
}

boost::system::result<Client, int> client_by_flags() {
  auto token = token_by_flag();
  if (!token) return token.error();
  if (!FLAGS_admin.empty()) return client_at(FLAGS_admin, std::move(*token));
  if (!FLAGS_config.empty()) return client_of_config(std::move(*token));
  return usual_client(std::move(*token));
}

}  // namespace realpeer::commands
