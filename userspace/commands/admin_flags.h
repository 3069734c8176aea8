// The admin listener that the flags name.
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "admin_client/client.h"

namespace realpeer::commands {

// The error of both is the command's exit code; the reason was printed.

// By --admin, else admin.bind of --config, else 127.0.0.1:9901 if a daemon answers there. With the token of
// --token_file, else of the configuration.
boost::system::result<admin_client::Client, int> client_by_flags();

// What --token_file holds; empty without it.
boost::system::result<std::string, int> token_by_flag();

}  // namespace realpeer::commands
