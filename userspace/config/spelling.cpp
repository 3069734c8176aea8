#include "config/spelling.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace realpeer::config {

namespace {

// Levenshtein's distance: insertions, deletions and replacements from one word to the other.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t longest = 64;  // nobody mistypes a key into this; the table stays small
  if (word.size() > longest) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t fewest = 1 + word.size() / 4;
  for (const std::string_view candidate : candidates) {
    const std::size_t edits = distance(word, candidate);
    if (edits < fewest || (edits == fewest && !best)) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string listed(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

}  // namespace realpeer::config
