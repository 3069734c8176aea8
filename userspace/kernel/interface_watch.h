// Tells that network interfaces came, went or changed.
#pragma once

#include "kernel/fd.h"
#include "kernel/result.h"

namespace realpeer::kernel {

// Of the network namespace it was opened in. It says that something happened and not what: whoever is told looks at the
// interfaces anew, so that a notice that was lost does no harm.
class InterfaceWatch {
 public:
  static Result<InterfaceWatch> open();

  // Readable when there is news; nonblocking.
  [[nodiscard]] int fd() const { return socket_.get(); }
  // Takes the news, so that fd() is readable for later ones only.
  void drain() const;

 private:
  explicit InterfaceWatch(UniqueFd socket) : socket_(std::move(socket)) {}

  UniqueFd socket_;
};

}  // namespace realpeer::kernel
