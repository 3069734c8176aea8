#include "documents.h"

#include <boost/json/parse.hpp>

namespace realpeer::console {

namespace {

constexpr std::string_view kListeners = R"({
  "node": "edge", "version": "0.1.0", "started": "2026-01-02T03:04:05.000Z", "now": "2026-01-05T04:14:05.500Z",
  "draining": false, "datapath": {"path": "sockmap", "reason": "the self-test passed"},
  "listeners": [
    {"name": "https", "bind": "0.0.0.0:443", "accept_proxy": "strict", "trusted_cidrs": ["10.0.0.1/32"],
     "untrusted": "refuse", "tls": false, "routes": "all", "backends": ["gitea"], "connections": 1234,
     "lint": [{"severity": "warning", "place": "/etc/realpeer.yaml:12",
               "text": "trusted_cidrs has 0.0.0.0/0: anybody can claim to be any client: list only the gateways"}],
     "active": {"none": 1, "relay": 2, "sockmap": 40},
     "bytes": {"in": {"relay": 1000, "sockmap": 5000000}, "out": {"relay": 2000, "sockmap": 7000000000}},
     "requests": {}, "headers": [],
     "rejected": [{"reason": "header_missing", "count": 3, "cause": "No header.", "remedy": "Turn it on."},
                  {"reason": "empty_probe", "count": 99, "cause": "A TCP health check.", "remedy": ""}]},
    {"name": "web", "bind": "[::]:80", "accept_proxy": "off", "trusted_cidrs": [], "untrusted": "refuse",
     "tls": false, "routes": "requests", "backends": ["api"], "connections": 20,
     "lint": [{"severity": "warning", "place": "/etc/realpeer.yaml:12",
               "text": "trusted_cidrs has 0.0.0.0/0: anybody can claim to be any client: list only the gateways"}],
     "active": {"none": 0, "relay": 5, "sockmap": 0},
     "bytes": {"in": {"relay": 0, "sockmap": 0}, "out": {"relay": 512, "sockmap": 0}},
     "requests": {"2xx": 17, "5xx": 2}, "headers": [],
     "rejected": [{"reason": "header_missing", "count": 1, "cause": "No header.", "remedy": "Turn it on."},
                  {"reason": "no_route", "count": 7, "cause": "A name that no route knows.", "remedy": "Add it."}]}]})";

constexpr std::string_view kBackends = R"({
  "node": "edge",
  "connect_seconds": {"count": 100, "sum": 0.1, "buckets": [{"le": 0.001, "count": 60}, {"le": 0.1, "count": 100},
                                                            {"le": null, "count": 100}]},
  "backends": [
    {"name": "gitea", "identity": "proxy-v2", "unique_id": false, "profile": "gitea", "balance": "round_robin",
     "health": true, "endpoints": [
       {"endpoint": "10.0.0.1:22", "name": "10.0.0.1:22", "state": "up", "why": null, "active": 42,
        "connections": 1230, "failures": 0},
       {"endpoint": "10.0.0.2:22", "name": "10.0.0.2:22", "state": "down", "why": "Connection refused", "active": 0,
        "connections": 4, "failures": 9}]},
    {"name": "api", "identity": "xff", "unique_id": false, "profile": null, "balance": "round_robin",
     "health": false, "endpoints": [
       {"endpoint": "api.internal:80", "name": "api.internal:80", "state": "unresolved", "why": "no such name",
        "active": 0, "connections": 0, "failures": 0}]}]})";

constexpr std::string_view kRefusals = R"({
  "node": "edge", "refusals": [
    {"ts": "2026-01-05T04:14:00.000Z", "id": "9", "listener": "https", "peer_addr": "10.0.0.9:4711",
     "client_addr": null, "unique_id": null, "reason": "header_missing", "looks_like": "ssh",
     "detail": "byte 0 (0x53) belongs to neither signature", "cause": "An SSH banner.", "remedy": "Turn it on."},
    {"ts": "2026-01-05T04:13:00.000Z", "id": "8", "listener": "https", "peer_addr": "10.0.0.9:4710",
     "client_addr": null, "unique_id": null, "reason": "header_missing", "looks_like": "ssh",
     "detail": "byte 0 (0x53) belongs to neither signature", "cause": "An SSH banner.", "remedy": "Turn it on."},
    {"ts": "2026-01-05T02:14:00.000Z", "id": "7", "listener": "web", "peer_addr": "203.0.113.9:4711",
     "client_addr": "203.0.113.9:4711", "unique_id": null, "reason": "no_route", "looks_like": null,
     "detail": "\u001b[2Jevil", "cause": "A name that no route knows.", "remedy": "Add it."}]})";

}  // namespace

boost::json::object parsed(std::string_view text) {
  return boost::json::parse(boost::json::string_view(text.data(), text.size())).as_object();
}

Documents busy() { return {parsed(kListeners), parsed(kBackends), parsed(kRefusals)}; }

Documents idle() {
  return {parsed(R"({"node": "n", "version": "0.1.0", "started": "2026-01-02T03:04:05.000Z",
                     "now": "2026-01-02T03:04:06.000Z", "draining": true,
                     "datapath": {"path": "relay", "reason": "as configured"},
                     "listeners": [{"name": "a", "bind": "127.0.0.1:1", "accept_proxy": "off", "lint": [],
                                    "routes": "all", "connections": 0, "active": {"none": 0, "relay": 0, "sockmap": 0},
                                    "bytes": {"in": {"relay": 0, "sockmap": 0}, "out": {"relay": 0, "sockmap": 0}},
                                    "requests": {}, "headers": [], "rejected": []}]})"),
          parsed(R"({"node": "n", "connect_seconds": {"count": 0, "sum": 0, "buckets": []},
                     "backends": [{"name": "b", "identity": "none", "endpoints": [
                       {"endpoint": "127.0.0.1:2", "state": "up", "why": null, "active": 0, "connections": 0,
                        "failures": 0}]}]})"),
          parsed(R"({"node": "n", "refusals": []})")};
}

}  // namespace realpeer::console
