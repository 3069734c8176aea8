// The fields of a message on their way through a proxy (RFC 9110, section 7.6). Pure.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <string>
#include <string_view>

namespace realpeer::http {

using Fields = boost::beast::http::fields;

// Of a request's head; more is nobody's need.
inline constexpr std::size_t most_fields = 256;

// The protocol that a request asks to go on with, or a response goes on with; empty: none, or one of HTTP itself: a
// connection that became h2c would carry requests that nobody has looked at.
std::string upgrade_of(const Fields& fields);

// Removes what is meant for the next hop only: Connection, all that it names, and what it never needs to name; and what
// frames the message, which is written anew for each hop.
void remove_hop_by_hop(Fields& fields);

// Removes what says how a message is framed, where it goes or whom it is from, which no trailer may: a receiver might
// take it for a part of the head (RFC 9110, section 6.5.1).
void keep_trailer(Fields& trailer);

// As they stand in a message: a line each.
void append(const Fields& fields, std::string& text);

// A name as the most careless of receivers sees it: CGI cannot tell '-' from '_', and some of its kind no character
// from another that is neither letter nor digit. In lower case.
std::string folded(std::string_view name);

// Removes each field of which the folded name meets the condition.
template <typename Condition>
void remove_where(Fields& fields, Condition condition) {
  for (auto at = fields.begin(); at != fields.end();) {
    at = condition(folded(at->name_string())) ? fields.erase(at) : std::next(at);
  }
}

}  // namespace realpeer::http
