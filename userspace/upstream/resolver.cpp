#include "upstream/resolver.h"

#include <ares.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "upstream/look_up.h"

namespace realpeer::upstream {

Resolver::Resolver(boost::asio::io_context& context, ResolverOptions options)
    : context_(context), options_(std::move(options)) {}

Resolver::~Resolver() = default;

boost::system::result<std::unique_ptr<Resolver>, Unresolved> Resolver::create(boost::asio::io_context& context,
                                                                              ResolverOptions options) {
  // Once for the process, and for good: it is not safe beside other threads that use the library.
  static const int initialized = ares_library_init(ARES_LIB_INIT_ALL);
  if (initialized != ARES_SUCCESS) return Unresolved{ares_strerror(initialized)};
  return std::unique_ptr<Resolver>(new Resolver(context, std::move(options)));
}

void Resolver::resolve(const std::string& host, Handler handler) {
  const std::uint64_t id = next_id_++;
  auto& entry = under_way_[id];
  entry.handler = std::move(handler);
  entry.look_up =
      std::make_unique<LookUp>(context_, options_, host, [this, id](Result result) { finish(id, std::move(result)); });
  entry.look_up->start();
}

void Resolver::finish(std::uint64_t id, Result result) {
  // c-ares is still on the stack, perhaps with resolve() below it: neither the look-up nor the handler's turn is now.
  boost::asio::post(context_, [this, id, result = std::move(result), alive = std::weak_ptr(alive_)]() mutable {
    if (alive.expired()) return;
    auto ended = under_way_.extract(id);
    const Handler handler = std::move(ended.mapped().handler);
    ended = {};
    handler(std::move(result));  // may destroy us
  });
}

}  // namespace realpeer::upstream
