#include "harness/receivers/http_programs.h"

namespace realpeer::testing {
namespace {

// Called with the address and the port.
constexpr const char* kNode = R"JS(
const [address, port] = process.argv.slice(1);
let connections = 0;
const server = require('http').createServer((request, response) => {
  let body = 0;
  request.on('data', part => body += part.length);
  request.on('end', () => {
    const {method, url, headers, trailers} = request;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({method, url, headers, trailers, body, connection: request.socket.number}));
  });
});
server.on('connection', socket => socket.number = ++connections);
server.on('upgrade', (request, socket, head) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ' + request.headers.upgrade +
               '\r\nX-Seen-For: ' + request.headers['x-forwarded-for'] + '\r\n\r\n');
  socket.write(head);
  socket.pipe(socket);
});
server.listen(+port, address);
)JS";

constexpr const char* kPython = R"PY(
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        text = json.dumps({"method": self.command, "url": self.path, "body": len(body), "peer": self.client_address[0],
                           "headers": {name.lower(): value for name, value in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_PUT = do_GET

ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
)PY";

ServerStart started(const Netns& netns, const Endpoint& at, std::vector<std::string> command) {
  command.insert(command.end(), {at.address().to_string(), std::to_string(at.port())});
  return {.command = std::move(command), .netns = netns, .ports = {at.port()}};
}

}  // namespace

NodeHttp::NodeHttp(const Netns& netns, const Endpoint& at)
    : server_(started(netns, at, {"/usr/bin/env", "node", "--eval", kNode, "--"})) {}

PythonHttp::PythonHttp(const Netns& netns, const Endpoint& at)
    : server_(started(netns, at, {"/usr/bin/python3", "-c", kPython})) {}

}  // namespace realpeer::testing
