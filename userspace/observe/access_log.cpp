#include "observe/access_log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "observe/rotated_file.h"

namespace realpeer::observe {
namespace {

std::string cannot_open(const spdlog::spdlog_ex& failure) {
  return std::string("cannot open the access log: ") + failure.what();
}

}  // namespace

boost::system::result<std::unique_ptr<AccessLog>, std::string> AccessLog::open(const std::string& target,
                                                                               bool verbose) {
  std::shared_ptr<RotatedFile> file;
  spdlog::sink_ptr sink;
  try {
    if (target == "stdout") {
      sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
      sink->set_pattern("%v");
    } else if (target != "off") {
      sink = file = std::make_shared<RotatedFile>(target);
    }
  } catch (const spdlog::spdlog_ex& failure) {
    return cannot_open(failure);
  }
  std::shared_ptr<spdlog::logger> logger;
  if (sink) {
    logger = std::make_shared<spdlog::logger>("access", std::move(sink));
    logger->flush_on(spdlog::level::info);
  }
  return std::unique_ptr<AccessLog>(new AccessLog({std::move(logger), std::move(file), verbose}));
}

void AccessLog::write(const Record& record) {
  const auto target = target_.load();
  if (!target->logger) return;
  if (record.reason == policy::RejectReason::empty_probe && !target->verbose) return;
  target->logger->info(to_json(record, std::chrono::steady_clock::now()));
}

boost::system::result<void, std::string> AccessLog::reopen() {
  try {
    const auto target = target_.load();
    if (target->file) target->file->reopen();
  } catch (const spdlog::spdlog_ex& failure) {
    return cannot_open(failure);
  }
  return {};
}

}  // namespace realpeer::observe
