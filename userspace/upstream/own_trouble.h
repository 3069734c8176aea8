// Failures that are ours.
#pragma once

#include <algorithm>
#include <array>
#include <boost/system/errc.hpp>
#include <boost/system/error_code.hpp>

namespace realpeer::upstream {

// Whether a failed connect says nothing of the endpoint: descriptors, memory or ports have run out here, or somebody
// here cancelled it.
inline bool own_trouble(const boost::system::error_code& error) {
  using boost::system::errc::errc_t;
  constexpr std::array ours{errc_t::too_many_files_open,     errc_t::too_many_files_open_in_system,
                            errc_t::no_buffer_space,         errc_t::not_enough_memory,
                            errc_t::address_not_available,   errc_t::operation_canceled,
                            errc_t::operation_not_permitted, errc_t::address_in_use};
  return std::ranges::any_of(ours,
                             [&](errc_t code) { return error == boost::system::errc::make_error_condition(code); });
}

}  // namespace realpeer::upstream
