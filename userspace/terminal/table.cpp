#include "terminal/table.h"

#include <algorithm>

namespace realpeer::terminal {

namespace {

constexpr std::size_t gap = 2;

Line set(const std::vector<Line>& cells, const std::vector<Table::Column>& columns,
         const std::vector<std::size_t>& widths) {
  Line line;
  std::size_t begin = gap;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool right = columns[i].align == Table::Align::right;
    line.pad(begin + (right ? widths[i] - cells[i].columns() : 0)).add(cells[i]);
    begin += widths[i] + gap;
  }
  return line;
}

}  // namespace

void Table::add(std::vector<Line> cells) {
  cells.resize(columns_.size());
  rows_.push_back({.cells = std::move(cells), .below = {}});
}

void Table::add_below(Lines lines) {
  auto& below = rows_.back().below;
  below.insert(below.end(), lines.begin(), lines.end());
}

Lines Table::lines() const {
  std::vector<Line> titles;
  for (const auto& column : columns_) titles.emplace_back(column.title, Style::dim);
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(titles[i].columns());
    for (const auto& row : rows_) widths[i] = std::max(widths[i], row.cells[i].columns());
  }
  Lines all{set(titles, columns_, widths)};
  for (const auto& row : rows_) {
    all.push_back(set(row.cells, columns_, widths));
    all.insert(all.end(), row.below.begin(), row.below.end());
  }
  return all;
}

}  // namespace realpeer::terminal
