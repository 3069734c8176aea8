// What the tests of requests stand on: clients — realpeer, which reads their requests — a backend.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "e2e/receivers.h"
#include "harness/http_backend.h"
#include "harness/http_message.h"

namespace realpeer::testing {

using ::testing::HasSubstr;
using ::testing::Not;

inline const Endpoint kApp = endpoint("10.77.0.2:9000");
inline const std::string kGet = "GET / HTTP/1.1\r\nHost: git.example.com\r\n\r\n";

// A request whose path is the name its test knows it by.
std::string request(const std::string& method, const std::string& path, const std::string& fields = "",
                    const std::string& body = "");
inline std::string get_request(const std::string& path, const std::string& fields = "") {
  return request("GET", path, fields);
}
std::string response(const std::string& body, const std::string& fields = "");

// The configuration as a test varies it, each in YAML's words.
struct Web {
  std::string bind = "203.0.113.1:8000";
  std::string listener = "accept_proxy: off";  // further keys, with " | " between them
  std::string rules = "{ backend: app }";
  std::string otherwise = "reject";
  std::string endpoints = R"("10.77.0.2:9000")";
  std::string app = "identity: xff";
  std::string backends;  // further ones: "api: { … }", with " | " between them
  std::string limits;
  std::string timeouts;
};

// The parameter is the data path, which matters to requests only once they end as bytes: instantiated with one_path()
// where they never do.
class Http : public Receivers {
 protected:
  // The gateway alone; and with a backend `app` that answers.
  void start_web();
  void start_with_app(HttpBackend::Answer answer = HttpBackend::ok);

  // A request on a connection of its own, and its response.
  HttpMessage ask(const std::string& request, const SocketOptions& options = {});
  // The same, and what `app` got.
  HttpMessage passed(const std::string& request, const SocketOptions& options = {});

  // The line of the request with that path.
  Record record_of_request(const std::string& path);
  static std::string of_request(const Record& record, std::string_view field);

  Web web;
  std::unique_ptr<HttpBackend> app;
};

inline auto one_path() { return ::testing::Values("relay"); }

}  // namespace realpeer::testing
