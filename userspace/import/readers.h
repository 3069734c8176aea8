// One reader for each kind: an object to its value. What has no translation is reported.
#pragma once

#include <optional>

#include "import/manifests.h"

namespace realpeer::importing {

Gateway read_gateway(const Object& object);
Route read_route(const Object& object);
ClientPolicy read_client_policy(const Object& object);
BackendPolicy read_backend_policy(const Object& object);
Service read_service(const Object& object);
EndpointSlice read_endpoint_slice(const Object& object);
ExternalBackend read_external_backend(const Object& object);
ReferenceGrant read_reference_grant(const Object& object);

// "backendRefs" of a rule.
std::vector<BackendRef> read_backend_refs(const Field& list, const std::string& space);
// The rules of an HTTPRoute, those alone that can be taken over without taking more than they say.
std::vector<RouteRule> read_http_rules(const Field& list, const std::string& space);

// The text, or `otherwise` where there is none.
std::string text_or(const Field& field, const std::string& otherwise);

}  // namespace realpeer::importing
