// The table of hops and the verdict, for people and for programs. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>

#include "trace/hop.h"
#include "trace/verdict.h"

namespace realpeer::trace {

struct Trace {
  std::string target;  // as given
  net::Endpoint own;   // the tracer's address
  std::span<const Hop> hops;
  const Verdict& verdict;
};

// One line per hop: who connected, whom it claims to speak for, who is believed, what goes on to the next; then the
// verdict. Control characters of others are escaped.
std::string to_text(const Trace& trace);
boost::json::object to_json(const Trace& trace);

}  // namespace realpeer::trace
