// Notices when files change: written anew, renamed over, or behind a symbolic link that now leads elsewhere, as
// ConfigMaps of Kubernetes do.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <vector>

namespace realpeer::daemon {

class Watch {
 public:
  // Calls `changed` on the context, which outlives it, when one of `files` has, and no file beside it is written any
  // more. `changed` says which files to watch from now on.
  using Changed = std::function<std::vector<std::string>()>;
  Watch(boost::asio::io_context& context, std::vector<std::string> files, Changed changed);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Other files from now on.
  void follow(std::vector<std::string> files);

 private:
  void wait();
  void settle();

  std::vector<std::string> files_;
  Changed changed_;
  boost::asio::posix::stream_descriptor news_;  // inotify(7)
  boost::asio::steady_timer quiet_;
  std::vector<std::string> seen_;  // what there was to say of each file
};

}  // namespace realpeer::daemon
