#include "session/transparent.h"

#include "kernel/transparent.h"

namespace realpeer::session {

std::vector<UnreadyEndpoint> unready_for_transparent(const config::Config& config) {
  std::vector<UnreadyEndpoint> found;
  for (const auto& backend : config.backends) {
    if (backend.identity != config::Identity::transparent) continue;
    for (const auto& spec : backend.endpoints) {
      const auto address = spec.literal();
      if (!address) continue;
      std::string text;
      for (const auto& missing : kernel::missing_for_transparent(*address))
        text += (text.empty() ? "" : "; ") + missing;
      if (!text.empty()) found.push_back({spec.to_string(), text});
    }
  }
  return found;
}

}  // namespace realpeer::session
