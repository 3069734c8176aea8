// Lets admission follow the interfaces as they come and go: a tunnel is often made after the daemon, and made anew.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>

#include "kernel/interface_watch.h"
#include "session/admission.h"

namespace realpeer::session {

class InterfaceFollower {
 public:
  // Both arguments outlive it; the context is run by the thread that made admission.
  InterfaceFollower(boost::asio::io_context& context, Admission& admission);
  InterfaceFollower(const InterfaceFollower&) = delete;
  InterfaceFollower& operator=(const InterfaceFollower&) = delete;
  ~InterfaceFollower();

 private:
  void wait();

  Admission& admission_;
  std::optional<kernel::InterfaceWatch> watch_;
  boost::asio::posix::stream_descriptor news_;
};

}  // namespace realpeer::session
