#include "daemon/succession.h"

#include <boost/json/array.hpp>
#include <boost/json/value_to.hpp>
#include <chrono>

#include "control/message.h"
#include "control/place.h"
#include "net/address.h"

namespace realpeer::daemon {
namespace {

namespace json = boost::json;
using kernel::Error;

// Of what is said here. Another version of realpeer may say it otherwise.
constexpr int protocol = 1;
constexpr std::chrono::seconds patience{10};

Error failed(const std::string& why) { return Error::because("the daemon that runs does not hand over: " + why); }

std::string text(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool flag(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::array& list(const json::object& body, std::string_view name) {
  static const json::array none;
  const auto* value = body.if_contains(name);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

// The descriptors of one message, in their order.
class Taker {
 public:
  explicit Taker(std::vector<kernel::UniqueFd>& descriptors) : descriptors_(descriptors) {}
  kernel::UniqueFd next() { return at_ < descriptors_.size() ? std::move(descriptors_[at_++]) : kernel::UniqueFd(); }

 private:
  std::vector<kernel::UniqueFd>& descriptors_;
  std::size_t at_ = 0;
};

void take_host(control::Message& message, Inherited& inherited) {
  Taker taker(message.descriptors);
  inherited.version = text(message.body, "version");
  if (flag(message.body, "instance")) inherited.of_host.lock = taker.next();
  if (flag(message.body, "admin")) inherited.admin = taker.next();
  for (const auto& link : list(message.body, "links")) {
    if (!link.is_object()) continue;
    const auto& said = link.get_object();
    const auto mode = kernel::admission_mode(text(said, "mode"));
    auto descriptor = taker.next();
    if (!mode || !descriptor.valid()) continue;
    inherited.of_host.links[text(said, "interface")] = {std::move(descriptor), *mode, text(said, "reason")};
  }
}

void take_sockets(control::Message& message, Inherited& inherited) {
  Taker taker(message.descriptors);
  for (const auto& one : list(message.body, "sockets")) {
    auto socket = taker.next();
    const auto bind = one.is_string() ? net::parse_endpoint(one.get_string())
                                      : boost::system::result<net::Endpoint, std::string>(std::string());
    if (bind && socket.valid()) inherited.sockets[*bind].push_back(std::move(socket));
  }
}

}  // namespace

kernel::Result<std::optional<Inherited>> inherit(const std::string& control) {
  auto connection = control::connect(control);
  // Nobody is there to take over from.
  if (!connection) return std::optional<Inherited>();
  if (const auto asked = control::send(connection->get(), {{"do", "take-over"}}); !asked)
    return failed(asked.error().text);
  auto first = control::receive(connection->get(), patience);
  if (!first) return failed(first.error().text);
  if (const auto refused = text(first->body, "refused"); !refused.empty()) return failed(refused);
  const auto* said = first->body.if_contains("protocol");
  if (said == nullptr || !said->is_int64() || said->get_int64() != protocol) {
    return failed("it is of a version that hands over in another way; restart it");
  }
  Inherited inherited;
  take_host(*first, inherited);
  for (bool end = false; !end;) {
    auto message = control::receive(connection->get(), patience);
    if (!message) return failed(message.error().text);
    take_sockets(*message, inherited);
    end = flag(message->body, "end");
  }
  inherited.connection = std::move(*connection);
  return std::optional<Inherited>(std::move(inherited));
}

kernel::Result<void> ask_to_go(const Inherited& inherited) {
  const int daemon = inherited.connection.get();
  if (const auto sent = control::send(daemon, {{"do", "ready"}}); !sent) return failed(sent.error().text);
  const auto answer = control::receive(daemon, patience);
  if (!answer) return failed(answer.error().text);
  if (!flag(answer->body, "go")) return failed("it does not let go");
  return {};
}

kernel::Result<std::string> tell_serving(const Inherited& inherited, const std::string& clients_pin,
                                         const config::Config& config) {
  json::array binds;
  for (const auto& listener : config.listeners) binds.emplace_back(net::to_string(listener.bind));
  const json::object word{{"do", "serving"}, {"clients", clients_pin}, {"sockets", std::move(binds)}};
  if (const auto sent = control::send(inherited.connection.get(), word); !sent) return failed(sent.error().text);
  auto answer = control::receive(inherited.connection.get(), patience);
  if (!answer) return failed(answer.error().text);
  return text(answer->body, "says");
}

std::vector<net::Endpoint> addresses_in(const json::object& word) {
  std::vector<net::Endpoint> found;
  for (const auto& one : list(word, "sockets")) {
    if (!one.is_string()) continue;
    if (const auto bind = net::parse_endpoint(one.get_string())) found.push_back(*bind);
  }
  return found;
}

std::vector<Offered> offer(const session::Host& host, const std::vector<session::OfferedSocket>& sockets,
                           std::optional<int> admin) {
  std::vector<Offered> messages;
  Offered& of_host = messages.emplace_back();
  const int lock = host.lock();
  if (lock >= 0) of_host.descriptors.push_back(lock);
  if (admin) of_host.descriptors.push_back(*admin);
  json::array links;
  for (const auto& link : host.links()) {
    links.push_back({{"interface", link.interface}, {"mode", kernel::to_string(link.mode)}, {"reason", link.reason}});
    of_host.descriptors.push_back(link.descriptor);
  }
  of_host.body = {{"protocol", protocol},
                  {"version", REALPEER_VERSION},
                  {"instance", lock >= 0},
                  {"admin", admin.has_value()},
                  {"links", std::move(links)}};
  for (std::size_t at = 0; at < sockets.size() || messages.size() == 1;) {
    Offered& part = messages.emplace_back();
    json::array binds;
    for (; at < sockets.size() && part.descriptors.size() < control::most_descriptors; ++at) {
      binds.emplace_back(net::to_string(sockets[at].bind));
      part.descriptors.push_back(sockets[at].descriptor);
    }
    part.body = {{"sockets", std::move(binds)}, {"end", at == sockets.size()}};
  }
  return messages;
}

}  // namespace realpeer::daemon
