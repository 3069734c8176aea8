// Why a stage refused a connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "policy/reject_reason.h"

namespace realpeer::session {

struct Refusal {
  policy::RejectReason reason = policy::RejectReason::none;
  std::string detail;                 // for the log, in words; may be empty
  std::string_view looks_like;        // with header_missing and no_route: what came instead
  std::string_view end = "rejected";  // "client_reset": there was nobody left to refuse
};

inline const Refusal client_reset{
    .reason = policy::RejectReason::none, .detail = {}, .looks_like = {}, .end = "client_reset"};

inline const Refusal untrusted_header{.reason = policy::RejectReason::untrusted_header,
                                      .detail = "a PROXY protocol header from a peer outside trusted_cidrs",
                                      .looks_like = {}};

template <typename T>
using Outcome = boost::system::result<T, Refusal>;

// What a stage of the session coroutine returns.
template <typename T>
using Stage = boost::asio::awaitable<Outcome<T>>;

}  // namespace realpeer::session
