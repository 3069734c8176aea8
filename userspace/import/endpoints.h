// References of routes to what realpeer connects to.
#pragma once

#include <set>

#include "import/draft.h"
#include "import/options.h"
#include "import/references.h"

namespace realpeer::importing {

class Endpoints {
 public:
  Endpoints(const Manifests& manifests, const Options& options, Findings& findings)
      : manifests_(&manifests), options_(&options), findings_(&findings) {}

  // Of all references of a rule, with their shares; each endpoint once. Empty where none could be had, which was
  // reported.
  std::vector<DraftEndpoint> of(const Route& route, const RouteRule& rule);

  // Those of Options::endpoints that nothing was looked up by.
  [[nodiscard]] std::vector<std::string> unused() const;

 private:
  using Addresses = std::vector<std::string>;
  Addresses of(const Route& route, const BackendRef& ref);
  Addresses of_service(const BackendRef& ref);
  Addresses of_pods(const Service& service, const Service::Port& port, const BackendRef& ref);
  Addresses of_slices(const Service& service, const Service::Port& port);
  Addresses of_external(const BackendRef& ref);
  [[nodiscard]] std::string cluster_name(const Name& service, std::uint16_t port) const;
  void leave_out(const BackendRef& ref, const std::string& why);

  const Manifests* manifests_;
  const Options* options_;
  Findings* findings_;
  std::set<std::string> used_;
};

}  // namespace realpeer::importing
