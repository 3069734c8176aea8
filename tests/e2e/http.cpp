#include "e2e/http.h"

#include <boost/json/serialize.hpp>
#include <sstream>

namespace realpeer::testing {
namespace {

// Each of the parts, on a line of its own.
std::string lines(const std::string& parts, const std::string& indent) {
  if (parts.empty()) return "";
  std::string text = indent + parts;
  for (auto bar = text.find(" | "); bar != std::string::npos; bar = text.find(" | "))
    text.replace(bar, 3, "\n" + indent);
  return text + "\n";
}

std::string document(const Web& web) {
  std::ostringstream out;
  out << "listeners:\n  - name: web\n    bind: \"" << web.bind << "\"\n"
      << lines(web.listener, "    ") << "    route: { http: [" << web.rules << "], default: " << web.otherwise << " }\n"
      << "backends:\n  app: { endpoints: [" << web.endpoints << "], " << web.app << " }\n"
      << lines(web.backends, "  ");
  if (!web.limits.empty()) out << "limits: { " << web.limits << " }\n";
  if (!web.timeouts.empty()) out << "timeouts: { " << web.timeouts << " }\n";
  return out.str();
}

}  // namespace

std::string request(const std::string& method, const std::string& path, const std::string& fields,
                    const std::string& body) {
  const auto length = body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return method + " " + path + " HTTP/1.1\r\nHost: git.example.com\r\n" + fields + length + "\r\n" + body;
}

std::string response(const std::string& body, const std::string& fields) {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void Http::start_web() {
  config.binds = {web.bind};
  config.text = document(web);
  start_gateway();
}

void Http::start_with_app(HttpBackend::Answer answer) {
  const bool header = web.app.find("identity: proxy-v2") != std::string::npos;
  app = std::make_unique<HttpBackend>(net->backend, kApp, std::move(answer), header);
  start_web();
}

HttpMessage Http::ask(const std::string& request, const SocketOptions& options) {
  Socket client = connect(options);
  client.send_all(request);
  return read_response(client, request.starts_with("HEAD"));
}

HttpMessage Http::passed(const std::string& request, const SocketOptions& options) {
  EXPECT_EQ(ask(request, options).status(), 200) << request;
  return app->last();
}

Record Http::record_of_request(const std::string& path) {
  return gateway->log().wait_for_record(
      [&path](const Record& record) { return record.has("request") && of_request(record, "path") == path; });
}

std::string Http::of_request(const Record& record, std::string_view field) {
  const auto& value = record.fields().at("request").as_object().at(field);
  return value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value);
}

}  // namespace realpeer::testing
