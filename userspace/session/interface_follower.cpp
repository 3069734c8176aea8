#include "session/interface_follower.h"

#include <spdlog/spdlog.h>

namespace realpeer::session {

InterfaceFollower::InterfaceFollower(boost::asio::io_context& context, Admission& admission)
    : admission_(admission), news_(context) {
  auto watch = kernel::InterfaceWatch::open();
  if (!watch) {
    spdlog::warn("{}: admission will not notice interfaces that come later", watch.error().text);
    return;
  }
  watch_.emplace(std::move(*watch));
  news_.assign(watch_->fd());
  // One may have come while nobody watched.
  admission_.follow_interfaces();
  wait();
}

InterfaceFollower::~InterfaceFollower() {
  // The watch owns the descriptor.
  if (news_.is_open()) news_.release();
}

void InterfaceFollower::wait() {
  news_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    watch_->drain();
    admission_.follow_interfaces();
    wait();
  });
}

}  // namespace realpeer::session
