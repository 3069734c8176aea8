// The same with TLS that ends at the gateway, and certificates of the test's own.
#pragma once

#include <string>
#include <vector>

#include "e2e/http.h"
#include "harness/issued.h"
#include "harness/tls.h"

namespace realpeer::testing {

class Https : public Http {
 protected:
  // A certificate for these names by the authority, in files NAME.pem and NAME.key; replaces what they held.
  void write_certificate(const std::string& name, const std::vector<std::string>& names) const;

  // The gateway with one listener that ends TLS: `wildcard` for *.example.com comes first, then `git` for
  // git.example.com.
  void start_https();
  void start_https_with_app(HttpBackend::Answer answer = HttpBackend::ok);

  // curl, to the name, which it asks for and holds the certificate against.
  [[nodiscard]] CurlResponse curl_to(const std::string& name, const std::string& path = "/",
                                     std::vector<std::string> options = {}) const;

  [[nodiscard]] std::filesystem::path authority_file() const { return files.path() / "authority.pem"; }

  const Issued authority = issue({.common_name = "authority of a test", .authority = true});
  const TemporaryDirectory files;
  std::string tls_settings;  // further keys of `tls`: ", min_version: 1.3"

 private:
  void add_tls();
};

}  // namespace realpeer::testing
