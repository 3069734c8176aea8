#include "e2e/https.h"

namespace realpeer::testing {

void Https::write_certificate(const std::string& name, const std::vector<std::string>& names) const {
  Wanted wanted;
  for (const auto& one : names) wanted.names.push_back("DNS:" + one);
  const auto issued = issue(wanted, authority);
  files.write(name + ".pem", issued.certificate);
  files.write(name + ".key", issued.key);
}

void Https::add_tls() {
  files.write("authority.pem", authority.certificate);
  write_certificate("wildcard", {"*.example.com"});
  write_certificate("git", {"git.example.com"});
  const auto pair = [&](const std::string& name) {
    const auto path = (files.path() / name).string();
    return "{ certificate: " + path + ".pem, key: " + path + ".key }";
  };
  web.listener += " | tls: { certificates: [" + pair("wildcard") + ", " + pair("git") + "]" + tls_settings + " }";
}

void Https::start_https() {
  add_tls();
  start_web();
}

void Https::start_https_with_app(HttpBackend::Answer answer) {
  add_tls();
  start_with_app(std::move(answer));
}

CurlResponse Https::curl_to(const std::string& name, const std::string& path, std::vector<std::string> options) const {
  return curl(net->client, {.url = "https://" + name + ":8000" + path,
                            .resolve = name + ":8000:203.0.113.1",
                            .authority = authority_file(),
                            .options = std::move(options)});
}

}  // namespace realpeer::testing
