#include "harness/certificates.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace realpeer::testing {
namespace {

void openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "/usr/bin/openssl");
  const auto done = run(arguments);
  if (done.code != 0) throw std::runtime_error("openssl " + arguments[1] + ":\n" + done.errors);
}

}  // namespace

Certificates::Certificates() {
  const std::string authority_key = directory_.path() / "authority.key";
  const std::string request = directory_.path() / "request.pem";
  const std::vector<std::string> new_key = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"};
  const auto with_new_key = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), new_key.begin(), new_key.end());
    openssl(arguments);
  };
  with_new_key({"req", "-x509", "-days", "2", "-subj", "/CN=authority of a test", "-keyout", authority_key, "-out",
                authority()});
  with_new_key({"req", "-subj", "/CN=*.example.com", "-addext", "subjectAltName=DNS:*.example.com", "-keyout", key(),
                "-out", request});
  openssl({"x509", "-req", "-days", "2", "-in", request, "-CA", authority(), "-CAkey", authority_key,
           "-copy_extensions", "copy", "-out", certificate()});
  directory_.write("both.pem", read_file(certificate()) + read_file(key()));
  using std::filesystem::perms;
  std::filesystem::permissions(key(), perms::owner_read | perms::group_read | perms::others_read);
}

}  // namespace realpeer::testing
