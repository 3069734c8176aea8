#include "harness/receivers/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "harness/tcp.h"

namespace realpeer::testing {

Server::Server(const ServerStart& start)
    : name_(std::filesystem::path(start.command.front()).filename()),
      log_(start.log),
      process_(start.command, {.netns = &start.netns, .user = kNobody}) {
  const auto accepts = [&](std::uint16_t port) { return listening(start.netns, port); };
  const auto ready = [&] { return std::all_of(start.ports.begin(), start.ports.end(), accepts); };
  eventually([&] { return ready() || !process_.running(); }, Duration{20'000});
  if (!process_.running() || !ready())
    throw std::runtime_error(name_ + " is not ready (" + to_string(process_.wait(Duration{0})) + "):\n" + messages());
}

Server::~Server() {
  if (::testing::Test::HasFailure()) std::cerr << "the messages of " << name_ << ":\n" << messages();
}

std::string Server::messages() const {
  return process_.output() + process_.errors() + (log_.empty() ? std::string() : read_file(log_));
}

std::string Server::wait_for_message(const std::string& part, Duration bound) const {
  const auto line = eventually_get(
      [&]() -> std::optional<std::string> {
        const auto all = messages();
        const auto at = all.find(part);
        const auto end = all.find('\n', at);
        if (at == std::string::npos || end == std::string::npos) return std::nullopt;
        const auto before = all.rfind('\n', at);
        const auto begin = before == std::string::npos ? 0 : before + 1;
        return all.substr(begin, end - begin);
      },
      bound);
  if (!line) throw std::runtime_error(name_ + " wrote nothing of \"" + part + "\":\n" + messages());
  return *line;
}

}  // namespace realpeer::testing
