#include "observe/access_log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace realpeer::observe {

boost::system::result<std::unique_ptr<AccessLog>, std::string> AccessLog::open(const std::string& target,
                                                                               bool verbose) {
  std::shared_ptr<spdlog::logger> logger;
  try {
    if (target == "stdout") {
      logger = std::make_shared<spdlog::logger>("access", std::make_shared<spdlog::sinks::stdout_sink_mt>());
    } else if (target != "off") {
      logger = std::make_shared<spdlog::logger>("access", std::make_shared<spdlog::sinks::basic_file_sink_mt>(target));
    }
  } catch (const spdlog::spdlog_ex& failure) {
    return "cannot open the access log " + target + ": " + failure.what();
  }
  if (logger) {
    logger->set_pattern("%v");
    logger->flush_on(spdlog::level::info);
  }
  return std::unique_ptr<AccessLog>(new AccessLog(std::move(logger), verbose));
}

void AccessLog::write(const Record& record) {
  if (!logger_) return;
  if (record.reason == policy::RejectReason::empty_probe && !verbose_) return;
  logger_->info(to_json(record, std::chrono::steady_clock::now()));
}

}  // namespace realpeer::observe
