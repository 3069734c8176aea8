// Agreement with OpenSSL: a real client makes hellos, and a real server says which extensions it found in them.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <random>

#include "hellos.h"

namespace realpeer::tls {
namespace {

using namespace hellos;

constexpr std::uint32_t seed = 60667301;

template <auto Free>
struct Freed {
  void operator()(auto* object) const { Free(object); }
};
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Freed<SSL_free>>;

// What follows the extension's own length; nothing: no such extension.
struct Found {
  bool called = false;
  std::optional<std::string> server_name;
  std::optional<std::string> alpn;
};

std::optional<std::string> find_extension(SSL* ssl, unsigned type) {
  const unsigned char* content = nullptr;
  std::size_t length = 0;
  if (SSL_client_hello_get0_ext(ssl, type, &content, &length) != 1) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(content), length);
}

int on_client_hello(SSL* ssl, int* /*alert*/, void* found) {
  *static_cast<Found*>(found) = {true, find_extension(ssl, TLSEXT_TYPE_server_name),
                                 find_extension(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation)};
  return SSL_CLIENT_HELLO_ERROR;  // enough: the handshake need not go on
}

Connection connect(SSL_CTX& context) {
  Connection ssl(SSL_new(&context));
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  return ssl;
}

Found server_found(std::string_view bytes) {
  Found found;
  const Context context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_client_hello_cb(context.get(), on_client_hello, &found);
  const Connection ssl = connect(*context);
  BIO_write(SSL_get_rbio(ssl.get()), bytes.data(), static_cast<int>(bytes.size()));
  SSL_accept(ssl.get());
  return found;
}

class Client {
 public:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  // A name or none, protocols or none, in one version or the other: the message, without its records.
  std::string hello() {
    const Connection ssl = connect(*context_);
    if (below(4) != 0) SSL_set_tlsext_host_name(ssl.get(), name().c_str());
    if (below(4) != 0) {
      const std::string list = protocols();
      SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(list.data()),
                          static_cast<unsigned>(list.size()));
    }
    if (below(2) == 0) SSL_set_max_proto_version(ssl.get(), TLS1_2_VERSION);
    SSL_connect(ssl.get());
    char* bytes = nullptr;
    const auto length = static_cast<std::size_t>(BIO_get_mem_data(SSL_get_wbio(ssl.get()), &bytes));
    return std::string(bytes, length).substr(5);
  }

  // One message in records of random sizes, small ones mostly.
  std::string in_random_records(std::string_view message) {
    std::string bytes;
    while (!message.empty()) {
      const std::size_t size = 1 + below(below(2) == 0 ? 8 : 400);
      bytes += record(message.substr(0, size));
      message.remove_prefix(std::min(size, message.size()));
    }
    return bytes;
  }

 private:
  std::string name() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    std::string name;
    for (std::size_t labels = 1 + below(5); labels > 0; --labels) {
      for (std::size_t left = 1 + below(40); left > 0; --left) name += letters[below(letters.size())];
      if (labels > 1 || below(8) == 0) name += '.';
    }
    return name;
  }
  std::string protocols() {
    std::string list;
    for (std::size_t left = 1 + below(6); left > 0; --left) {
      std::string protocol;
      for (std::size_t bytes = 1 + below(30); bytes > 0; --bytes) protocol += static_cast<char>(below(256));
      list += vector8(protocol);
    }
    return list;
  }

  std::mt19937 random_{seed};
  Context context_{SSL_CTX_new(TLS_client_method())};
};

// The extensions' content as it must have been for what was read.
std::optional<std::string> server_name_content(const ClientHello& hello) {
  if (hello.server_name.empty()) return std::nullopt;
  return vector16(name_entry(hello.server_name));
}
std::optional<std::string> alpn_content(const ClientHello& hello) {
  std::string list;
  for (const std::string& protocol : hello.alpn) list += vector8(protocol);
  return list.empty() ? std::nullopt : std::optional(vector16(list));
}

TEST(OpenSsl, FindsTheSameInItsClientsHellos) {
  Client client;
  int named = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string bytes = client.in_random_records(client.hello());
    const HelloReading reading = read(bytes);
    ASSERT_TRUE(std::holds_alternative<ClientHello>(reading)) << shown(reading) << ", round " << round;
    const auto& hello = std::get<ClientHello>(reading);
    const Found found = server_found(bytes);
    ASSERT_TRUE(found.called) << "round " << round;
    ASSERT_EQ(server_name_content(hello), found.server_name) << "round " << round;
    ASSERT_EQ(alpn_content(hello), found.alpn) << "round " << round;
    ASSERT_EQ(hello.length, bytes.size());
    named += hello.server_name.empty() ? 0 : 1;
  }
  EXPECT_GT(named, 1000);
}

// Else a client could be led to one backend and be served under another's name.
TEST(OpenSsl, NeverReadsAnotherNameFromABrokenHello) {
  Client client;
  int both = 0;
  for (int round = 0; round < 10'000; ++round) {
    std::string message = client.hello();
    for (std::size_t times = 1 + client.below(2); times > 0; --times) {
      message[client.below(message.size())] = static_cast<char>(client.below(256));
    }
    const std::string bytes = client.in_random_records(message);
    const HelloReading reading = read(bytes);
    const Found found = server_found(bytes);
    const auto* hello = std::get_if<ClientHello>(&reading);
    if (hello == nullptr || !found.called) continue;
    ++both;
    // A name whose type was broken is no host name to either.
    constexpr std::size_t type_at = 2;
    const bool host_name = found.server_name && (*found.server_name)[type_at] == 0;
    ASSERT_EQ(server_name_content(*hello), host_name ? found.server_name : std::nullopt) << "round " << round;
    ASSERT_EQ(alpn_content(*hello), found.alpn) << "round " << round;
  }
  EXPECT_GT(both, 1000);
}

}  // namespace
}  // namespace realpeer::tls
