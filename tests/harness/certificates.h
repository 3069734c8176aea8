// A certificate authority of a test's own, and the certificate of *.example.com it signed.
#pragma once

#include <filesystem>

#include "harness/process.h"

namespace realpeer::testing {

class Certificates {
 public:
  Certificates();  // by the openssl command

  [[nodiscard]] std::filesystem::path authority() const { return directory_.path() / "authority.pem"; }
  // The private key is readable by all, since it opens nothing: servers read it as their own users.
  [[nodiscard]] std::filesystem::path certificate() const { return directory_.path() / "certificate.pem"; }
  [[nodiscard]] std::filesystem::path key() const { return directory_.path() / "key.pem"; }
  // Both in one file, as HAProxy wants them.
  [[nodiscard]] std::filesystem::path certificate_and_key() const { return directory_.path() / "both.pem"; }

 private:
  TemporaryDirectory directory_;
};

}  // namespace realpeer::testing
