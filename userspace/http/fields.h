// The fields of a message on their way through a proxy (RFC 9110, section 7.6). Pure.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <string>
#include <string_view>

namespace realpeer::http {

using Fields = boost::beast::http::fields;

// The protocol that a request asks to go on with, or a response goes on with; empty: none, or one of HTTP itself: a
// connection that became h2c would carry requests that nobody has looked at.
std::string upgrade_of(const Fields& fields);

// Removes what is meant for the next hop only: Connection, all that it names, and what it never needs to name. Not what
// the message cannot be without: naming Host or Content-Length in Connection does not remove them.
void remove_hop_by_hop(Fields& fields);

// As they stand in a message: a line each.
void append(const Fields& fields, std::string& text);

// Whether the names are the same to a receiver that cannot tell '-' from '_', as CGI cannot; without case.
bool same_name(std::string_view one, std::string_view other);

// Removes each field of that name, in any such spelling.
void remove_all(Fields& fields, std::string_view name);

}  // namespace realpeer::http
