#include "harness/receivers/nginx.h"

#include "harness/tcp.h"

namespace realpeer::testing {
namespace {

// One process that serves by itself: no worker can outlive it.
constexpr const char* kProcess = R"(load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
error_log stderr info;
events { worker_connections 512; }
)";

constexpr const char* kHttp = R"(
  log_format seen escape=json '{"proxy_protocol_addr":"$proxy_protocol_addr",'
    '"proxy_protocol_port":"$proxy_protocol_port","proxy_protocol_server_addr":"$proxy_protocol_server_addr",'
    '"remote_addr":"$remote_addr","host":"$host","server_name":"$ssl_server_name","status":"$status",'
    '"x_forwarded_for":"$http_x_forwarded_for","x_real_ip":"$http_x_real_ip"}';
)";

constexpr const char* kStream = R"(
  log_format seen escape=json '{"proxy_protocol_addr":"$proxy_protocol_addr",'
    '"proxy_protocol_port":"$proxy_protocol_port","remote_addr":"$remote_addr","status":"$status"}';
)";

std::string file(const NginxConfig& config, const std::string& directory) {
  std::string text = kProcess;
  text += "pid " + directory + "/pid;\nhttp {" + kHttp + "  access_log " + directory + "/http.log seen;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    text += std::string("  ") + kind + "_temp_path " + directory + "/" + kind + ";\n";
  text += config.http + "}\n";
  if (config.stream.empty()) return text;
  return text + "stream {" + kStream + "  access_log " + directory + "/stream.log seen;\n" + config.stream + "}\n";
}

ServerStart prepared(const Netns& netns, const NginxConfig& config, const TemporaryDirectory& directory) {
  directory.give_to(kNobody);
  const auto path = directory.write("nginx.conf", file(config, directory.path()));
  return {.command = {"/usr/sbin/nginx", "-e", "stderr", "-c", path},
          .netns = netns,
          .ports = ports_bound_by(config.http + config.stream)};
}

}  // namespace

Nginx::Nginx(const Netns& netns, const NginxConfig& config) : server_(prepared(netns, config, directory_)) {}

}  // namespace realpeer::testing
