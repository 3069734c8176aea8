// The routes of a port's listeners, to one route of a draft.
#pragma once

#include "import/attach.h"
#include "import/backend_book.h"
#include "import/endpoints.h"
#include "import/ports.h"

namespace realpeer::importing {

class RouteWriter {
 public:
  RouteWriter(const Attachments& attachments, const BackendPolicies& policies, Endpoints& endpoints,
              BackendBook& backends, Findings& findings)
      : attachments_(&attachments),
        policies_(&policies),
        endpoints_(&endpoints),
        backends_(&backends),
        findings_(&findings) {}

  // Nothing where the port leads nowhere, which was reported.
  std::optional<DraftRoute> of(const Port& port);

 private:
  using Routes = std::vector<const Route*>;

  [[nodiscard]] const Routes& routes_of(const Served& served) const;
  void add_stream(const Served& served, DraftRoute& draft);
  void add_names(const Served& served, DraftRoute& draft);
  void add_requests(const Served& served, DraftRoute& draft);
  void add_rule(const Served& served, const Route& route, const RouteRule& rule, DraftRoute& draft);
  void warn_of_falling_through(const Port& port, const DraftRoute& draft);
  // The backend's name; empty where the rule leads nowhere.
  std::string backend_of(const Served& served, const Route& route, const RouteRule& rule);

  const Attachments* attachments_;
  const BackendPolicies* policies_;
  Endpoints* endpoints_;
  BackendBook* backends_;
  Findings* findings_;
};

}  // namespace realpeer::importing
