// Tells, once a second, of refusals that were counted for long enough; and at its end of all that are left.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "observe/refusal_log.h"

namespace realpeer::session {

class RefusalTeller {
 public:
  // Both arguments outlive it.
  RefusalTeller(boost::asio::io_context& context, observe::RefusalLog& log);
  RefusalTeller(const RefusalTeller&) = delete;
  RefusalTeller& operator=(const RefusalTeller&) = delete;
  ~RefusalTeller();  // once nothing is refused any more

 private:
  void wait();

  boost::asio::steady_timer timer_;
  observe::RefusalLog& log_;
};

}  // namespace realpeer::session
