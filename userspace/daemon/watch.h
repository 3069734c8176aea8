// Notices when files change: written anew, renamed over, or behind a symbolic link that now leads elsewhere, as
// ConfigMaps of Kubernetes do.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace realpeer::daemon {

class Watch {
 public:
  // Calls `changed` on the context, which outlives it, when one of `files` has, and no file beside it is written any
  // more. `changed` says which files to watch from now on.
  using Changed = std::function<std::vector<std::string>()>;
  Watch(boost::asio::io_context& context, const std::vector<std::string>& files, Changed changed);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Other files from now on. Of those watched before, changes not told yet still will be.
  void follow(const std::vector<std::string>& files);

 private:
  void wait();
  void settle();

  Changed changed_;
  boost::asio::posix::stream_descriptor news_;  // inotify(7)
  boost::asio::steady_timer quiet_;
  std::map<std::string, std::string> seen_;  // by file: what there was to say of it
};

}  // namespace realpeer::daemon
