// Certificate files of a test, and the contexts that hold them.
#pragma once

#include <gtest/gtest.h>

#include "harness/issued.h"
#include "harness/process.h"
#include "tls/server_context.h"

namespace realpeer::tls::contexts {

class Files {
 public:
  // Writes both as files of this name.
  [[nodiscard]] KeyPair write(const std::string& name, const testing::Issued& issued) const {
    return {directory_.write(name + ".pem", issued.certificate).string(),
            directory_.write(name + ".key", issued.key).string()};
  }
  [[nodiscard]] KeyPair make(const std::string& name, const testing::Wanted& wanted) const {
    return write(name, testing::issue(wanted));
  }
  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

 private:
  testing::TemporaryDirectory directory_;
};

// One that loads; a test fails that thought so in vain.
inline std::shared_ptr<ServerContext> loaded(const ServerSettings& settings) {
  auto context = ServerContext::load(settings);
  if (!context) {
    ADD_FAILURE() << context.error().text;
    throw std::runtime_error(context.error().text);
  }
  return *context;
}

}  // namespace realpeer::tls::contexts
