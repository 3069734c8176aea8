"""A TCP backend that only logs what it sees: one JSON line per connection, once its first bytes are there.

Reads to the end of the stream, then answers with the number of bytes and their SHA-256, so that a sender can compare.
"""

import argparse
import hashlib
import ipaddress
import json
import socket
import struct
import threading

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
FIXED_LENGTH = 16  # signature, version and command, family, length
TCP_OVER_IPV4 = 0x11
TCP_OVER_IPV6 = 0x21
ADDRESS_LENGTH = {TCP_OVER_IPV4: 4, TCP_OVER_IPV6: 16}


def read_exactly(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            raise ValueError(f"stream ended after {len(data)} of {length} bytes")
        data += piece
    return data


def read_header_client(connection: socket.socket) -> str:
    """The client that a PROXY protocol version 2 header names, "ADDRESS:PORT"; "" for LOCAL and unknown families."""
    fixed = read_exactly(connection, FIXED_LENGTH)
    signature, version_command, family, length = struct.unpack("!12sBBH", fixed)
    if signature != SIGNATURE or version_command >> 4 != 2:
        raise ValueError(f"no PROXY protocol v2 header: {fixed!r}")
    body = read_exactly(connection, length)
    size = ADDRESS_LENGTH.get(family)
    if version_command & 0xF != 1 or size is None:
        return ""
    address = ipaddress.ip_address(body[:size])
    (port,) = struct.unpack("!H", body[2 * size : 2 * size + 2])
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def serve(connection: socket.socket, peer: str, proxy_protocol: bool, log) -> None:
    with connection:
        try:
            header_client = read_header_client(connection) if proxy_protocol else ""
            first_bytes = connection.recv(65536)
        except (OSError, ValueError) as error:
            print(json.dumps({"peer": peer, "error": str(error)}), file=log, flush=True)
            return
        seen = {"peer": peer, "header_client": header_client, "first_bytes": first_bytes[:32].decode("latin-1").strip()}
        print(json.dumps(seen), file=log, flush=True)

        count, digest, data = 0, hashlib.sha256(), first_bytes
        while data:
            count += len(data)
            digest.update(data)
            data = connection.recv(1 << 18)
        connection.sendall(f"{count} bytes {digest.hexdigest()}\n".encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--proxy-protocol", action="store_true", help="expect a PPv2 header before the first byte")
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("log")
    arguments = parser.parse_args()
    with open(arguments.log, "a", encoding="utf-8") as log, socket.create_server(
        (arguments.address, arguments.port), backlog=128
    ) as listener:
        while True:
            connection, peer = listener.accept()
            threading.Thread(
                target=serve, args=(connection, f"{peer[0]}:{peer[1]}", arguments.proxy_protocol, log), daemon=True
            ).start()


main()
