#include "admin_client/resolve.h"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <thread>

namespace realpeer::admin_client {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

boost::system::result<Endpoints> look_up(const Address::Tcp& named) {
  boost::asio::io_context context;
  tcp::resolver resolver(context);
  error_code error;
  const auto found = resolver.resolve(named.host, std::to_string(named.port), tcp::resolver::numeric_service, error);
  if (error) return error;
  return Endpoints(found.begin(), found.end());
}

}  // namespace

boost::system::result<Endpoints> resolve(const Address::Tcp& named, std::chrono::steady_clock::time_point deadline) {
  error_code is_name;
  const auto address = boost::asio::ip::make_address(named.host, is_name);
  if (!is_name) return Endpoints{{address, named.port}};
  // getaddrinfo() cannot be cancelled: a thread that comes back too late finds nobody who waits.
  std::packaged_task<boost::system::result<Endpoints>()> task([named] { return look_up(named); });
  auto answer = task.get_future();
  std::thread(std::move(task)).detach();
  if (answer.wait_until(deadline) != std::future_status::ready) {
    return error_code(boost::asio::error::timed_out);
  }
  return answer.get();
}

}  // namespace realpeer::admin_client
