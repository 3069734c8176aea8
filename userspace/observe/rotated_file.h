// A file of lines that others rename while it is written.
#pragma once

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <memory>
#include <mutex>
#include <string>

namespace realpeer::observe {

// spdlog's own sink for files, in a place where it can be replaced. Writes messages as they are, each as a line.
class RotatedFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  // Both throw spdlog_ex where the file cannot be opened. It is appended to; its folder is made where there is none.
  explicit RotatedFile(std::string path) : path_(std::move(path)), file_(open()) {}
  // Any thread. What is left in the old file's buffer is in it when this returns.
  void reopen() {
    auto file = open();
    const std::lock_guard lock(mutex_);
    file_.swap(file);
  }

 private:
  using File = spdlog::sinks::basic_file_sink_st;

  [[nodiscard]] std::unique_ptr<File> open() const {
    auto file = std::make_unique<File>(path_);
    file->set_pattern("%v");
    return file;
  }
  void sink_it_(const spdlog::details::log_msg& line) override { file_->log(line); }
  void flush_() override { file_->flush(); }

  std::string path_;
  std::unique_ptr<File> file_;
};

}  // namespace realpeer::observe
