// Columns of text, as wide as what they hold.
#pragma once

#include <string>
#include <vector>

#include "terminal/line.h"

namespace realpeer::terminal {

class Table {
 public:
  enum class Align : std::uint8_t { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell for each column; cells that are missing are empty.
  void add(std::vector<Line> cells);
  // Below the last row: lines that belong to it and stand outside of the columns.
  void add_below(Lines lines);

  // Two columns apart from each other and from the margin, beneath their titles.
  [[nodiscard]] Lines lines() const;

 private:
  struct Row {
    std::vector<Line> cells;
    Lines below;
  };

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace realpeer::terminal
