// What a certificate says of itself.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tls/openssl.h"

namespace realpeer::tls {

// Of its subjectAltName (DNS and IP), else the common name; lower case. None: it has neither.
std::vector<std::string> names_of(const X509& certificate);

std::chrono::system_clock::time_point expiry_of(const X509& certificate);

}  // namespace realpeer::tls
