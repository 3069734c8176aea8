// Keeps the addresses of host names fresh.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/address.h"
#include "upstream/resolver.h"

namespace realpeer::upstream {

// Each name is looked up again when the answer's time is over (upstream/refresh.h). A look-up that fails changes
// nothing but the log: the addresses stay in use, and the name is tried again soon. One thread: the one that runs the
// context.
class Names {
 public:
  // Sorted, without duplicates, never empty. Called on the context with the first addresses and on every change; must
  // not destroy the Names.
  using Changed = std::function<void(const std::vector<net::Address>&)>;

  Names(boost::asio::io_context& context, std::unique_ptr<Resolver> resolver);
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  ~Names();  // nothing is called any more

  // Before start(). A host asked for twice is looked up once.
  void keep(const std::string& host, Changed changed);

  // Once. `first_round_done` is called on the context, never inside start(), when every name has had its first answer,
  // good or bad, and each good one has been told: after ResolverOptions::limit at the latest. It may destroy the Names.
  void start(std::function<void()> first_round_done);

 private:
  struct Name {
    Name(std::string name, boost::asio::io_context& context);

    std::string host;
    std::vector<Changed> listeners;
    std::vector<net::Address> addresses;
    unsigned failures = 0;  // in a row
    bool answered = false;
    // Shared so that a handler already on its way finds it gone.
    std::shared_ptr<boost::asio::steady_timer> timer;
  };

  void look_up(Name& name);
  void ended(Name& name, Resolver::Result result);
  static void take(Name& name, std::vector<net::Address> addresses);
  static void miss(Name& name, const std::string& why);
  void look_up_after(Name& name, std::chrono::seconds delay);

  boost::asio::io_context& context_;
  std::map<std::string, Name> names_;
  std::size_t unanswered_ = 0;
  std::function<void()> first_round_done_;
  std::unique_ptr<Resolver> resolver_;  // goes first, and with it every handler that knows us
};

}  // namespace realpeer::upstream
