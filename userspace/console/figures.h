// Numbers and times as people read them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "admin_client/fields.h"

namespace realpeer::console {

using admin_client::Fields;

std::string count(double number);                 // "1234"
std::string bytes(double number);                 // "512 B", "1.5 KiB", "320 MiB"
std::string per_second(double rate);              // "0", "0.2", "3.5", "120"
std::string share(double part, double of);        // "98%"; "-" of nothing
std::string seconds(double time);                 // "100 us", "2.5 ms", "5 s"
std::string age(std::chrono::milliseconds time);  // "0s", "59s", "4m 10s", "3h 25m", "12d 4h"

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
// Of "2026-01-02T03:04:05.678Z"; nothing of anything else.
std::optional<Time> read_time(std::string_view text);
// "2026-01-02 03:04:05Z"
std::string date_and_time(Time time);

// What the quickest `part` of all took at most, as far as buckets tell. The document is that of a
// histogram: /backends, connect_seconds.
std::string quantile(const Fields& histogram, double part);  // "250 us", "more than 5 s", "-" of none

}  // namespace realpeer::console
