// The PEM files of a certificate and its key.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <vector>

#include "tls/openssl.h"

namespace realpeer::tls {

// Names the file and the remedy, on one line.
struct PemProblem {
  std::string text;
};

// At least one certificate, in the order of the file. Text may stand before each (RFC 7468, section 5.2), and other
// objects between them; what may be a certificate and cannot be read as one is an error.
boost::system::result<std::vector<Certificate>, PemProblem> read_chain(const std::string& file);

// The first private key. An encrypted one is an error: nobody is asked for a password.
boost::system::result<PrivateKey, PemProblem> read_key(const std::string& file);

}  // namespace realpeer::tls
