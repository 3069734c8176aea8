#include "e2e/admission.h"

#include <bpf/libbpf.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace realpeer::testing {
namespace {

int begin_to_connect(const Netns& netns, const Endpoint& to, const Endpoint& from) {
  const int socket =
      in_netns(netns, [&] { return ::socket(to.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); });
  if (socket < 0) throw std::system_error(errno, std::generic_category(), "socket");
  if (::bind(socket, from.data(), static_cast<socklen_t>(from.size())) < 0 ||
      (::connect(socket, to.data(), static_cast<socklen_t>(to.size())) < 0 && errno != EINPROGRESS)) {
    const int error = errno;
    ::close(socket);
    throw std::system_error(error, std::generic_category(), "connect to " + to_string(to));
  }
  return socket;
}

}  // namespace

Dialling::Dialling(const Netns& netns, const Endpoint& to, const Endpoint& from)
    : socket_(begin_to_connect(netns, to, from)) {}

bool Dialling::connected() const {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(socket_.descriptor(), IPPROTO_TCP, TCP_INFO, &info, &size) < 0) {
    throw std::system_error(errno, std::generic_category(), "TCP_INFO");
  }
  return info.tcpi_state != TCP_SYN_SENT;
}

std::string AdmissionChain::document(const std::string& settings, const std::string& keys, const std::string& bind) {
  return settings + "\nlisteners: [{ name: in, bind: \"" + bind + "\", " + keys +
         ", route: { backend: app } }]\nbackends: { app: { endpoints: ['10.77.0.2:9000'] } }\n";
}

void AdmissionChain::start_admitting(const std::string& settings, const std::string& keys) {
  config.text = document(settings, keys, config.binds.front());
  start();
}

Dialling AdmissionChain::dial(const Endpoint& from) const {
  return {net->client, endpoint(config.binds.front()), from};
}

int AdmissionChain::times_said(const std::string& text) const {
  const std::string log = gateway->process().errors();
  int times = 0;
  for (auto at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++times;
  return times;
}

std::uint64_t AdmissionChain::judged(const std::string& verdict) const {
  const int before = times_said("admission so far: ");
  gateway->process().signal(SIGUSR1);
  if (!eventually([&] { return times_said("admission so far: ") > before; }, kSoon)) {
    throw std::runtime_error("the gateway does not say what it judged");
  }
  const std::string log = gateway->process().errors();
  const std::string line = log.substr(log.rfind("admission so far: "));
  const auto at = line.find(" " + verdict + " ");
  if (at == std::string::npos) return 0;
  return std::stoull(line.substr(at + verdict.size() + 2));
}

bool AdmissionChain::xdp_on(const std::string& interface) const {
  return in_netns(net->gateway, [&] {
    std::uint32_t program = 0;
    const auto index = static_cast<int>(::if_nametoindex(interface.c_str()));
    return index != 0 && bpf_xdp_query_id(index, 0, &program) == 0 && program != 0;
  });
}

Finished AdmissionChain::ban(std::vector<std::string> words) const {
  words.insert(words.begin(), {REALPEER_BINARY, "ban"});
  words.insert(words.end(), {"--node", config.node});
  return run(words);
}

}  // namespace realpeer::testing
