"""What the tests of an installed realpeer share."""
import os
from pathlib import Path

from machine import BUILD, HERE, Failed, eventually

SOURCE = HERE.parents[1]
UNIT = SOURCE / "scripts/deploy/systemd/realpeer.service"
CONFIGURATION = "/etc/realpeer/realpeer.yaml"


def package():
    found = list(BUILD.glob("realpeer_*.deb"))
    if len(found) != 1:
        raise Failed(f"{len(found)} packages in {BUILD}: scripts/package.sh makes the one")
    return found[0]


def setting(name):
    """All values of a setting of the unit."""
    lines = UNIT.read_text().splitlines()
    return [word for line in lines if line.startswith(name + "=") for word in line.split("=", 1)[1].split()]


def install(machine, path=None):
    machine.run("apt-get", "install", "-y", str(Path("/srv/project/build") / (path or package()).name))


def main_pid(machine):
    return int(machine.run("systemctl", "show", "-P", "MainPID", "realpeer").stdout)


def listening(machine, port):
    return bool(machine.run("ss", "-Hltn", f"sport = :{port}").stdout.strip())


def configure(machine, text, port):
    """Starts the service with this configuration, and waits until it listens on the port."""
    machine.write(CONFIGURATION, text)
    machine.run("systemctl", "restart", "realpeer")
    try:
        eventually(lambda: listening(machine, port), 10, f"something listens on {port}")
    except Failed as failure:
        raise Failed(f"{failure}\n{journal(machine)}") from None


def journal(machine):
    return machine.run("journalctl", "-u", "realpeer", "-o", "cat", "--no-pager").stdout
