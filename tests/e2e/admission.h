// A chain whose gateway judges SYNs.
#pragma once

#include <string>

#include "e2e/chain.h"

namespace realpeer::testing {

// A connection that is being made, and may never be.
class Dialling {
 public:
  Dialling(const Netns& netns, const Endpoint& to, const Endpoint& from);

  [[nodiscard]] bool connected() const;
  [[nodiscard]] Endpoint local() const { return socket_.local(); }

 private:
  Socket socket_;
};

class AdmissionChain : public Chain {
 protected:
  // The whole document but node and datapath: `settings` at the top level, and one listener with these `keys`.
  static std::string document(const std::string& settings, const std::string& keys, const std::string& bind);
  // Starts backend and gateway by document(), on the first of config.binds.
  void start_admitting(const std::string& settings, const std::string& keys);

  [[nodiscard]] Dialling dial(const Endpoint& from) const;

  // Whether, and how often, the gateway's log says it.
  [[nodiscard]] bool said(const std::string& text) const { return times_said(text) > 0; }
  [[nodiscard]] int times_said(const std::string& text) const;
  // How many SYNs were judged so, as the log says when it is asked to (SIGUSR1).
  [[nodiscard]] std::uint64_t judged(const std::string& verdict) const;
  // Whether an XDP program is attached in the gateway's namespace.
  [[nodiscard]] bool xdp_on(const std::string& interface) const;
  // `realpeer ban …` for this gateway.
  [[nodiscard]] Finished ban(std::vector<std::string> words) const;
};

}  // namespace realpeer::testing
