#include <gflags/gflags.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>

#include "commands/commands.h"
#include "kernel/clients.h"
#include "observe/record.h"

DECLARE_bool(json);

namespace realpeer::commands {
namespace {

std::string_view source_name(const kernel::RecordedClient& found) {
  return observe::to_string(static_cast<realpeer_client_source>(found.client_source));
}

void print_json(const std::vector<kernel::RecordedClient>& all) {
  boost::json::array entries;
  for (const auto& found : all) {
    entries.push_back({{"node", found.instance},
                       {"source", net::to_string(found.source)},
                       {"backend", net::to_string(found.destination)},
                       {"client", net::to_string(found.client)},
                       {"client_source", source_name(found)},
                       {"peer", net::to_string(found.peer)},
                       {"trusted", found.trusted}});
  }
  std::cout << boost::json::serialize(entries) << '\n';
}

void print_text(const std::vector<kernel::RecordedClient>& all) {
  for (const auto& found : all) {
    std::cout << net::to_string(found.client) << "  (" << source_name(found) << " from peer "
              << net::to_string(found.peer) << (found.trusted ? ", trusted" : "") << "; "
              << net::to_string(found.source) << " -> " << net::to_string(found.destination) << ", node "
              << found.instance << ")\n";
  }
}

}  // namespace

int whois(Arguments arguments) {
  if (arguments.size() != 1) return usage_error("whois takes one ADDR:PORT: the peer as the backend sees it");
  const auto source = net::parse_endpoint(arguments.front());
  if (!source) return usage_error(arguments.front() + ": " + source.error());
  const auto found = kernel::find_clients(*source);
  if (!found) {
    std::cerr << "realpeer: " << found.error().text << '\n';
    return 1;
  }
  if (FLAGS_json) {
    print_json(*found);
  } else {
    print_text(*found);
  }
  if (!found->empty()) return 0;
  if (!FLAGS_json)
    std::cerr << "realpeer: no open connection of a realpeer on this host comes from " << arguments.front() << '\n';
  return 1;
}

}  // namespace realpeer::commands
