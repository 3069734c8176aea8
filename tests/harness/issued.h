// Certificates of a test's own wish, made in memory: any names, keys and dates.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace realpeer::testing {

enum class KeyKind { ec, rsa, ed25519 };

struct Wanted {
  std::vector<std::string> names = {};  // of the subjectAltName: "DNS:git.example.com", "IP:192.0.2.1"
  std::string common_name = {};         // empty: no subject
  std::chrono::seconds expires_in = std::chrono::hours(48);
  KeyKind key = KeyKind::ec;
  int rsa_bits = 2048;
  bool authority = false;  // may issue others
};

// In PEM.
struct Issued {
  std::string certificate;
  std::string key;
};

// Signed by its own key.
Issued issue(const Wanted& wanted);
Issued issue(const Wanted& wanted, const Issued& issuer);

}  // namespace realpeer::testing
