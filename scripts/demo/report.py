"""What the hops and the backends wrote down, as tables; exit status 1 if the demo's promise was not kept.

Usage: report.py WORK_DIRECTORY CLIENT_ADDRESS WHOIS_PEER
"""

import json
import os
import sys
from pathlib import Path

COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ
RED, GREEN, DIM, BOLD = ("31", "32", "2", "1")

PICTURE = """\
  203.0.113.42   198.51.100.1        100.64.0.2  10.100.0.9   10.100.0.10        10.100.3.8
  client ──────► edge ══ WireGuard ══► overlay peer ────────► production ──┬───► nginx
                 realpeer              masquerades            realpeer     ├───► logger, 10.100.3.7
                                            ends TLS for the web site      ├───► web site, 10.100.3.8
                                                                           └───► OpenSSH, PostgreSQL, 10.100.3.9"""


class Cell:
    """A text and its colour; the colour does not count for the width."""

    def __init__(self, text: str, colour: str = "", right: bool = False):
        self.text, self.colour, self.right = text, colour, right

    def padded(self, width: int) -> str:
        text = self.text.rjust(width) if self.right else self.text.ljust(width)
        return paint(text, self.colour)


def paint(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if COLOURED and colour else text


def print_table(head: list[str], rows: list[list[Cell]]) -> None:
    cells = [[Cell(text, BOLD) for text in head], *rows]
    widths = [max(len(row[column].text) for row in cells) for column in range(len(head))]

    def rule(left: str, cross: str, right: str) -> str:
        return "  " + left + cross.join("─" * (width + 2) for width in widths) + right

    def line(row: list[Cell]) -> str:
        return "  │ " + " │ ".join(cell.padded(width) for cell, width in zip(row, widths)) + " │"

    print(rule("┌", "┬", "┐"), line(cells[0]), rule("├", "┼", "┤"), *map(line, cells[1:]), rule("└", "┴", "┘"), sep="\n")


def title(text: str) -> None:
    print(f"\n{paint(text, BOLD)}\n")


# --- reading what was written ---


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []


def read_sources(path: Path) -> set[str]:
    """The elements of an nftables set, as `nft -j list set` prints them."""
    return {
        element
        for item in json.loads(path.read_text())["nftables"]
        for element in item.get("set", {}).get("elem", [])
    }


def host(address: str) -> str:
    return address.rpartition(":")[0].strip("[]") if ":" in address else address


def hosts(lines: list[dict], field: str) -> set[str]:
    return {host(line.get(field, "")) for line in lines}


# --- who is the client? ---


class Identity:
    """Marks every answer to that question as right or wrong."""

    def __init__(self, work: Path, client: str):
        self.work, self.client = work, client

    def answer(self, addresses: set[str], note: str = "") -> Cell:
        right = addresses == {self.client}
        text = ", ".join(sorted(filter(None, addresses))) or "nothing"
        return Cell(f"{'✔' if right else '✘'} {text}{note}", GREEN if right else RED)

    def source(self, run: str, place: str) -> set[str]:
        return read_sources(self.work / f"sources-{run}-{place}.json")

    def backend(self, run: str, name: str) -> list[dict]:
        return read_lines(self.work / f"{name}-{run}.json")

    def hop_row(self, place: str) -> list[Cell]:
        log = read_lines(self.work / f"{place}-access.json")
        how = {"peer": "its peer", "proxy-v2": "PROXY header"}
        told_by = ", ".join(sorted({how.get(line["client_source"], line["client_source"]) for line in log}))
        return [
            Cell(place),
            self.answer(self.source("without", place)),
            self.answer(hosts(log, "client_addr"), f"  ({told_by})"),
            Cell(", ".join(sorted(self.source("with", place)))),
        ]

    def overlay_row(self) -> list[Cell]:
        without, with_realpeer = (", ".join(sorted(self.source(run, "overlay"))) for run in ("without", "with"))
        return [Cell("overlay peer"), Cell(f"✘ {without}", RED), Cell("  (only forwards packets)", DIM), Cell(with_realpeer)]

    def backend_row(self, name: str, client_field: str) -> list[Cell]:
        without, with_realpeer = self.backend("without", name), self.backend("with", name)
        return [
            Cell(name),
            self.answer(hosts(without, "peer")),
            self.answer(hosts(with_realpeer, client_field), "  (PROXY header)"),
            Cell(", ".join(sorted(hosts(with_realpeer, "peer")))),
        ]

    def unaware_row(self, name: str, shown: str) -> list[Cell]:
        """A backend that reads no header: what its own log, or its own answer, says of the client."""
        without, with_realpeer = self.backend("without", name), self.backend("with", name)
        return [
            Cell(shown),
            self.answer(hosts(without, "client")),
            self.answer(hosts(with_realpeer, "client"), "  (getpeername)"),
            Cell("as the others'", DIM),
        ]

    def web_row(self) -> list[Cell]:
        """The site behind production's TLS: what X-Forwarded-For told it."""
        without, with_realpeer = self.backend("without", "web"), self.backend("with", "web")
        return [
            Cell("web site"),
            self.answer(hosts(without, "client"), "  (as forged)"),
            self.answer(hosts(with_realpeer, "client"), "  (X-Forwarded-For)"),
            Cell(", ".join(sorted(hosts(with_realpeer, "peer")))),
        ]

    def backend_knows(self, name: str, client_field: str) -> bool:
        return hosts(self.backend("with", name), client_field) == {self.client}


def print_identity(identity: Identity, held_peer: str) -> list[tuple[bool, str]]:
    title("Who is the client?")
    print_table(
        ["seen at", "without realpeer", "with realpeer", "its packets come from"],
        [
            identity.hop_row("edge"),
            identity.overlay_row(),
            identity.hop_row("production"),
            identity.backend_row("nginx", "client"),
            identity.backend_row("logger", "header_client"),
            identity.web_row(),
            identity.unaware_row("openssh", "OpenSSH"),
            identity.unaware_row("postgres", "PostgreSQL"),
        ],
    )
    title("In their own words")
    print_words("nginx", identity.backend("with", "nginx")[-1:])
    print_words("logger", [line for line in identity.backend("with", "logger") if line.get("peer") == held_peer])
    for name in ("web", "openssh", "postgres"):
        for run in ("without", "with"):
            for line in identity.backend(run, name)[-1:]:
                print(f"  {name}, {run} realpeer: {line['said'].strip()}")
    print(f"  $ realpeer whois {held_peer}     {paint('(while that connection was open)', DIM)}")
    for line in (identity.work / "whois").read_text().splitlines():
        print(f"    {line}")
    return [
        (identity.backend_knows(name, field), f"{name} saw {identity.client} on every connection")
        for name, field in (
            ("nginx", "client"),
            ("logger", "header_client"),
            ("web", "client"),
            ("openssh", "client"),
            ("postgres", "client"),
        )
    ]


def print_words(name: str, lines: list[dict]) -> None:
    for line in lines:
        print(f"  {name}: " + ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in line.items()))


# --- how did the bytes travel? ---


class Traffic:
    def __init__(self, lines: list[dict]):
        self.connections = len(lines)
        self.paths = ", ".join(sorted({line["path"] for line in lines}))
        self.up = sum(line["bytes_in"] for line in lines)
        self.down = sum(line["bytes_out"] for line in lines)
        self.spliced = sum(line["bytes_spliced"] for line in lines)

    @property
    def share(self) -> float:
        return self.spliced / max(1, self.up + self.down)

    def row(self, *names: str) -> list[Cell]:
        bar = "█" * round(10 * self.share)
        numbers = [str(self.connections), self.paths, *map(size, (self.up, self.down, self.spliced))]
        return [
            *map(Cell, names),
            *(Cell(number, right=number is not self.paths) for number in numbers),
            Cell(f"{bar:░<10} {100 * self.share:5.1f} %", GREEN if self.share >= 0.5 else RED),
        ]


def size(count: float) -> str:
    if count < 1000:
        return f"{count:.0f} B"
    for unit in ("kB", "MB", "GB"):
        count /= 1000
        if count < 1000:
            break
    return f"{count:.1f} {unit}"


def print_traffic(work: Path) -> list[tuple[bool, str]]:
    title("How did the bytes travel?")
    rows, verdicts = [], []
    for place in ("edge", "production"):
        log = read_lines(work / f"{place}-access.json")
        for listener in ("https", "web", "ssh", "openssh", "postgres"):
            lines = [line for line in log if line["listener"] == listener]
            if lines:
                rows.append(Traffic(lines).row(place, listener))
        total = Traffic(log)
        verdicts.append(
            (
                total.share >= 0.5,
                f"{place}: the kernel spliced {size(total.spliced)} of {size(total.up + total.down)}"
                + ("" if total.share >= 0.5 else "; `build/realpeer doctor` says what is in its way"),
            )
        )
    print_table(["realpeer", "listener", "visits", "path", "up", "down", "spliced", "by the kernel"], rows)
    return verdicts


def print_trace(work: Path) -> list[tuple[bool, str]]:
    title("Which hop lost the address? `realpeer trace` asks each of them")
    whole, forgetful = (work / "trace").read_text(), (work / "trace-forgetful").read_text()
    print(indented(whole), paint("\n  the same by a listener of the edge that was told to send no header:\n", DIM), sep="\n")
    print(indented(forgetful))
    return [
        ("is known at every hop" in whole, "trace found the client at every hop"),
        ("on edge: Set identity: proxy-v2" in forgetful, "trace named the hop that forgot the header, and the setting"),
    ]


def indented(text: str) -> str:
    return "\n".join("  " + line for line in text.rstrip().splitlines() if line)


def main() -> int:
    work, client, held_peer = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    sys.stdout.reconfigure(encoding="utf-8")
    print("\n" + PICTURE)
    verdicts = print_identity(Identity(work, client), held_peer) + print_trace(work) + print_traffic(work)
    print()
    for kept, text in verdicts:
        print(f"  {paint('✔', GREEN) if kept else paint('✘ not true:', RED)} {text}")
    return 0 if all(kept for kept, _ in verdicts) else 1


sys.exit(main())
