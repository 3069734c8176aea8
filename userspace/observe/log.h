// The daemon's own log, on standard error. One message is one line, whatever strangers have put into it.
#pragma once

#include <spdlog/formatter.h>
#include <sys/stat.h>

#include <memory>
#include <string_view>

#include "config/config.h"

namespace realpeer::observe {

// Makes it spdlog's default logger. Colours are for terminals alone.
void set_up_log(const config::Log& log);
// The same for a log that is set up, while others write to it.
void change_log(const config::Log& log);

// Whether the file is the journal's stream: `stream` is the value of JOURNAL_STREAM, DEVICE:INODE (systemd.exec(5)).
bool is_journal(std::string_view stream, const struct stat& file);

// For the journal a line begins with its priority in place of time and level (sd-daemon(3)), which the journal keeps.
std::unique_ptr<spdlog::formatter> log_formatter(config::LogFormat format, bool for_journal);

}  // namespace realpeer::observe
