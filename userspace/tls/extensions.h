// The two extensions a gateway looks into. `content` is what stands after the extension's own length.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tls/fields.h"

namespace realpeer::tls {

// RFC 6066 section 3. Leaves `name` empty when the list has names of other types only.
std::optional<Malformed> read_server_name(Fields content, std::string& name);

// RFC 7301 section 3.1.
std::optional<Malformed> read_alpn(Fields content, std::vector<std::string>& protocols);

}  // namespace realpeer::tls
