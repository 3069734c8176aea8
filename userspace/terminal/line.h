// Lines of styled text, before it is known whether a terminal shows them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace realpeer::terminal {

enum class Style : std::uint8_t { plain, strong, dim, good, warning, bad };

class Line {
 public:
  Line() = default;
  explicit Line(std::string_view text, Style style = Style::plain) { add(text, style); }

  // Made printable.
  Line& add(std::string_view text, Style style = Style::plain);
  Line& add(const Line& more);
  // Spaces up to so many columns.
  Line& pad(std::size_t to);
  // At most so many columns; '>' stands last where something is missing.
  void cut(std::size_t width);

  [[nodiscard]] std::size_t columns() const;
  // Without spaces at the end; `coloured`: with the escape sequences of ECMA-48.
  [[nodiscard]] std::string to_string(bool coloured) const;

 private:
  struct Span {
    std::string text;
    Style style;
  };

  std::vector<Span> spans_;
};

using Lines = std::vector<Line>;

std::string to_string(const Lines& lines, bool coloured);

// `begin` and the text behind it, broken between words; further lines are indented as far as the text is. A word longer
// than the room stands on a line of its own and runs over.
void append_wrapped(Lines& lines, const Line& begin, std::string_view text, std::size_t width,
                    Style style = Style::plain);

}  // namespace realpeer::terminal
