#include "observe/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>

#include "observe/printable.h"
#include "observe/record.h"

namespace realpeer::observe {
namespace {

namespace json = boost::json;
using spdlog::details::log_msg;

std::string_view text_of(spdlog::string_view_t text) { return {text.data(), text.size()}; }

std::string message(const log_msg& entry) { return printable(text_of(entry.payload)); }

// As syslog counts them (RFC 5424, section 6.2.1).
std::string priority(const log_msg& entry) {
  switch (entry.level) {
    case spdlog::level::critical: return "2";
    case spdlog::level::err: return "3";
    case spdlog::level::warn: return "4";
    case spdlog::level::info: return "6";
    default: return "7";
  }
}

std::string object(const log_msg& entry) {
  const json::object line{{"ts", timestamp(entry.time)},
                          {"level", json::string_view(text_of(spdlog::level::to_string_view(entry.level)))},
                          {"msg", json_text(text_of(entry.payload))}};
  return json::serialize(line);
}

// A part of a line.
class Part final : public spdlog::custom_flag_formatter {
 public:
  using Text = std::string (*)(const log_msg&);

  explicit Part(Text text) : text_(text) {}

  void format(const log_msg& entry, const std::tm& /*time*/, spdlog::memory_buf_t& into) override {
    const std::string text = text_(entry);
    into.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<Part>(text_);
  }

 private:
  Text text_;
};

std::string pattern(config::LogFormat format, bool for_journal) {
  const std::string begin = for_journal ? "<%K>" : "";
  if (format == config::LogFormat::json) return begin + "%J";
  return for_journal ? begin + "%Q" : "%Y-%m-%dT%H:%M:%S.%e %^%l%$ %Q";
}

}  // namespace

bool is_journal(std::string_view stream, const struct stat& file) {
  return stream == fmt::format("{}:{}", file.st_dev, file.st_ino);
}

std::unique_ptr<spdlog::formatter> log_formatter(config::LogFormat format, bool for_journal) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<Part>('K', priority).add_flag<Part>('J', object).add_flag<Part>('Q', message);
  formatter->set_pattern(pattern(format, for_journal));
  return formatter;
}

void set_up_log(const config::Log& log) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("realpeer"));
  change_log(log);
}

void change_log(const config::Log& log) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat file {};
  const bool for_journal = stream != nullptr && ::fstat(STDERR_FILENO, &file) == 0 && is_journal(stream, file);
  // Sinks lock, loggers do not.
  for (const auto& sink : spdlog::default_logger()->sinks())
    sink->set_formatter(log_formatter(log.format, for_journal));
  spdlog::set_level(spdlog::level::from_str(log.level));
}

}  // namespace realpeer::observe
