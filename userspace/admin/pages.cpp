#include "admin/pages.h"

#include "admin/exposition.h"

namespace realpeer::admin {

std::string metrics(const Measured& measured) {
  Exposition out;
  out.gauge("realpeer_build_info", "What runs here; always 1.");
  out.sample({{"version", REALPEER_VERSION}}, 1);
  if (!measured.certificates.empty()) {
    out.gauge("realpeer_certificate_expiry_days", "Days until a certificate in use expires; negative once it has.");
  }
  for (const auto& certificate : measured.certificates) {
    out.sample({{"listener", certificate.listener}, {"file", certificate.file}}, certificate.days_left);
  }
  out.counter("realpeer_certificate_reloads_total",
              "How often certificates were read again; failure: a listener kept its old ones.");
  out.sample({{"result", "success"}}, static_cast<double>(measured.certificate_reloads.succeeded));
  out.sample({{"result", "failure"}}, static_cast<double>(measured.certificate_reloads.failed));
  return out.text();
}

Pages pages_of(const Daemon& daemon) {
  Pages pages;
  pages["/healthz"] = [] { return Page{.body = "ok\n"}; };
  // Before the listeners accept nothing answers here either.
  pages["/readyz"] = [daemon] {
    return daemon.draining() ? Page{.status = 503, .body = "draining\n"} : Page{.body = "ready\n"};
  };
  pages["/metrics"] = [daemon] {
    return Page{.body = metrics({daemon.certificates.status(), daemon.certificates.reloads()}),
                .type = std::string(Exposition::content_type)};
  };
  return pages;
}

}  // namespace realpeer::admin
