// What a port's policies and certificates become, all but its routes.
#pragma once

#include "import/draft.h"
#include "import/ports.h"

namespace realpeer::importing {

// Nobody: no peer has this address. Where headers are to be read and nobody said whose, no one is believed.
inline constexpr std::string_view nobody = "0.0.0.0/32";

class ListenerSettings {
 public:
  ListenerSettings(const Manifests& manifests, const Options& options, Findings& findings)
      : manifests_(&manifests), options_(&options), findings_(&findings) {}

  // Nothing where the port cannot be had, which was reported. The name and the route are the caller's.
  std::optional<DraftListener> of(const Port& port);

 private:
  void set_trust(const Port& port, DraftListener& draft);
  void demand_trust(const Port& port, DraftListener& draft);
  bool set_tls(const Port& port, DraftListener& draft);
  void add_certificate(const Served& served, const SecretRef& secret, DraftListener& draft);
  void set_forwarders(const Port& port, DraftListener& draft);
  void set_ceiling(const Port& port, DraftListener& draft);

  const Manifests* manifests_;
  const Options* options_;
  Findings* findings_;
};

}  // namespace realpeer::importing
