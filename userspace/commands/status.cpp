#include "console/status.h"

#include <gflags/gflags.h>

#include <boost/json/serialize.hpp>
#include <iostream>

#include "commands/admin_flags.h"
#include "commands/commands.h"
#include "terminal/output.h"

DECLARE_bool(json);

namespace realpeer::commands {
namespace {

admin_client::Result<console::Documents> ask(admin_client::Client& client) {
  console::Documents documents;
  for (const auto& [page, document] : {std::pair("/listeners", &documents.listeners),
                                       {"/backends", &documents.backends},
                                       {"/refusals", &documents.refusals}}) {
    auto answer = client.get(page);
    if (!answer) return answer.error();
    *document = std::move(*answer);
  }
  return documents;
}

void print_json(const console::Documents& documents) {
  const boost::json::object all{
      {"listeners", documents.listeners}, {"backends", documents.backends}, {"refusals", documents.refusals}};
  std::cout << boost::json::serialize(all) << '\n';
}

}  // namespace

int status(Arguments arguments) {
  if (!arguments.empty()) return usage_error("status takes no argument; name the daemon with --admin ADDR");
  auto client = client_by_flags();
  if (!client) return client.error();
  const auto documents = ask(*client);
  if (!documents) {
    std::cerr << "realpeer: " << documents.error().text << '\n';
    return 1;
  }
  if (FLAGS_json) {
    print_json(*documents);
  } else {
    const auto lines = console::status(*documents, terminal::output_width());
    std::cout << terminal::to_string(lines, terminal::output_takes_colours());
  }
  return 0;
}

}  // namespace realpeer::commands
