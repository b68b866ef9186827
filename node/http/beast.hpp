#pragma once

// The one place that includes Beast and Asio. Only .cpp files of this folder, and the private
// headers request_parser.hpp, lane.hpp, connection.hpp and wire.hpp, include this.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace handprint::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using tcp = asio::ip::tcp;

/// For operations whose failure changes nothing.
inline void regardless(const error_code&) noexcept {}

} // namespace handprint::http
