#include "session/refusal_teller.h"

namespace realpeer::session {

using Clock = observe::RefusalLog::Clock;

RefusalTeller::RefusalTeller(boost::asio::io_context& context, observe::RefusalLog& log) : timer_(context), log_(log) {
  wait();
}

RefusalTeller::~RefusalTeller() { log_.tell_rest(Clock::now()); }

void RefusalTeller::wait() {
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    log_.tell_due(Clock::now());
    wait();
  });
}

}  // namespace realpeer::session
