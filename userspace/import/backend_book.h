// The backends of a draft: each way of being connected to once, under a name of its own.
#pragma once

#include <string>
#include <vector>

#include "import/draft.h"

namespace realpeer::importing {

// 1 to 63 of the characters that names of a configuration have.
std::string plain_name(const std::string& text);

// The first of the proposals that is not taken, else the last one with a number.
std::string free_name(const std::vector<std::string>& proposals, const std::vector<std::string>& taken);

class BackendBook {
 public:
  // Its name. `comment` says where it comes from.
  std::string enter(DraftBackend backend, const std::vector<std::string>& proposals, const std::string& comment);

  std::vector<NamedBackend> take() { return std::move(backends_); }

 private:
  std::vector<NamedBackend> backends_;
};

}  // namespace realpeer::importing
