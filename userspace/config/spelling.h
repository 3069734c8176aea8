// Which word was probably meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace realpeer::config {

// The candidate few enough edits away to be a typing mistake; the first of equals.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

// "'text'": as messages show what was written.
std::string quoted(std::string_view text);

// "a, b, c"
std::string listed(std::span<const std::string_view> words);

}  // namespace realpeer::config
