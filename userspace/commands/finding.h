// What `realpeer decode --pcap` says of one connection.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "capture/watch.h"
#include "proxy_protocol/decode.h"

namespace realpeer::commands {

// {ts, tcp_src, tcp_dst}, then the fields of decode_to_json(), then `instead`: what stood where a header should, as
// `looks_like` has it, or "nothing"; else null. A tls_client_hello comes with `sni`, null where there is no name, and
// where it is not whole with `incomplete`: why. Two results are added to those of decode_to_json(): `nothing`, the
// client sent no byte, and `unknown`, it cannot be said; these and need_more have a `detail`.
boost::json::object finding_to_json(const capture::Finding& finding, const proxy_protocol::DecodeOptions& options);

// The same as a line for people, without its end. What others sent stands in it in printable characters.
std::string finding_in_words(const boost::json::object& finding);

}  // namespace realpeer::commands
