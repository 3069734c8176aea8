// What `realpeer decode --sni` says of some bytes.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <span>

namespace realpeer::commands {

// `result` is sni, no_sni, not_tls, need_more or reject. The first two come with {sni, alpn, hello_length}: the name as
// sent or null, the protocols with \xNN for what is not printable, bytes on the wire to the end of the hello's last
// record. need_more has `at_least`, not_tls `detail`, reject `problem` (tls::HelloProblem) and `detail`.
boost::json::object hello_to_json(std::span<const std::byte> bytes);

}  // namespace realpeer::commands
