// Looking at connections, as the admin listener does for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "observe/record.h"
#include "session/tracked.h"

namespace realpeer::session {

struct Looking {
  bool ended = false;      // those that ended lately; else those that are open
  std::string listener{};  // empty: all
  std::string text{};      // that one of the addresses or names holds, letters without case; empty: all
  std::optional<std::uint64_t> id{};
  std::size_t limit = 100;
};

struct Sight {
  std::uint64_t total = 0;                 // open, or remembered
  std::uint64_t matched = 0;               // of them
  std::vector<observe::Record> records{};  // the newest first, up to the limit

  void add(Sight other, std::size_t limit);
};

bool matches(const observe::Record& record, const Looking& looking);

// Of one worker, on its thread.
Sight look_at(const Live& live, const Looking& looking);

}  // namespace realpeer::session
