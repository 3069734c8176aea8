// One process takes the place of another: what passes between them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/control.h"
#include "session/host.h"
#include "session/listening.h"

namespace realpeer::daemon {

// Of the daemon that this process takes over from. Nothing has changed for it until it is told that this one serves.
struct Inherited {
  kernel::UniqueFd connection;            // to it; ends with it
  std::string version;                    // of its program
  session::Heritage of_host;              // for session::Host
  session::Sockets sockets;               // its listening sockets
  std::optional<kernel::UniqueFd> admin;  // the admin listener's, where that has an address
};

// What the daemon at this control socket has; nothing where none listens. The error says why it does not hand over.
kernel::Result<std::optional<Inherited>> inherit(const std::string& control);

// Asks it whether it is still there to be taken over from: the last word before anything changes for it. From then on
// it changes nothing of itself for a while.
kernel::Result<void> ask_to_go(const Inherited& inherited);

// Tells it that this process serves at these addresses, and where its clients are recorded from now on. It begins to
// drain; what it says of that.
kernel::Result<std::string> tell_serving(const Inherited& inherited, const std::string& clients_pin,
                                         const config::Config& config);

// Where the other daemon says that it serves.
std::vector<net::Endpoint> addresses_in(const boost::json::object& word);

// The messages that inherit() reads.
std::vector<Offered> offer(const session::Host& host, const std::vector<session::OfferedSocket>& sockets,
                           std::optional<int> admin);

}  // namespace realpeer::daemon
