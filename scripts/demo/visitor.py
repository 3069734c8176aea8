"""A TCP client: sends a greeting or a file, ends its side, and prints the answer."""

import argparse
import signal
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--greeting", default="", help="a line to send")
    parser.add_argument("--file", help="a file to send after it")
    parser.add_argument("--hold", action="store_true", help="keep the connection open until SIGTERM")
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    arguments = parser.parse_args()

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a traceback
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM] if arguments.hold else [])
    with socket.create_connection((arguments.address, arguments.port), timeout=60) as connection:
        if arguments.greeting:
            connection.sendall(arguments.greeting.encode() + b"\r\n")
        if arguments.file:
            with open(arguments.file, "rb") as file:
                connection.sendfile(file)
        if arguments.hold:
            signal.sigwait([signal.SIGTERM])
        connection.shutdown(socket.SHUT_WR)
        while answer := connection.recv(65536):
            print(answer.decode("latin-1"), end="")


main()
