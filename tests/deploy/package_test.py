#!/usr/bin/env python3
"""The Debian package on a host: installed, upgraded, removed, purged."""
import subprocess
import tempfile
import unittest
from pathlib import Path

from deployed import BUILD, CONFIGURATION, install, journal, listening, main_pid, package
from machine import Machine, cgroup2, eventually

# Whatever of a package may lie about, and is not its documentation's or dpkg's own.
OF_REALPEER = """find / -xdev -name '*realpeer*' -not -path '/srv/*' -not -path '/root/*' -not -path '/var/cache/*' | sort"""


def newer_package():
    """The same with a version of its own, as the next release would be: a name in BUILD."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["dpkg-deb", "-R", package(), tree], check=True)
        control = tree / "DEBIAN/control"
        control.write_text(control.read_text().replace("Version: ", "Version: 99.", 1))
        name = BUILD / "newer-realpeer.deb"
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, name], check=True, capture_output=True)
        return name


# One connection: a request, and another one when somebody says so.
TALK = r"""
exec 3<>/dev/tcp/127.0.0.1/7000
printf 'PROXY TCP4 203.0.113.42 192.0.2.10 4711 80\r\n' >&3
ask() {
  printf 'GET / HTTP/1.1\r\nHost: example\r\n\r\n' >&3
  read -r status <&3
  while read -r line <&3 && [ "$line" != $'\r' ]; do :; done
  read -r body <&3
  echo "${status%$'\r'} $body"
}
ask
read -r
ask
"""


class Package(unittest.TestCase):
    def test_installs_runs_upgrades_and_leaves_nothing(self):
        with Machine("package") as host:
            before = host.shell(OF_REALPEER).stdout
            self.assertEqual(before, "")
            install(host)
            self.it_serves(host)
            self.it_upgrades(host)
            self.connections_live_through_an_upgrade(host)
            self.it_is_removed(host)
            host.run("apt-get", "purge", "-y", "realpeer")
            self.assertEqual(host.shell(OF_REALPEER).stdout, "")
            self.assertNotIn("realpeer", host.run("getent", "passwd").stdout)
            self.assertNotIn("realpeer", host.run("getent", "group").stdout)
            self.assertNotIn("realpeer", host.run("systemctl", "list-unit-files", "--no-pager").stdout)

    def it_serves(self, host):
        eventually(lambda: listening(host, 7000), 5, "the example listens: " + journal(host))
        self.assertEqual(host.run("systemctl", "is-enabled", "realpeer").stdout.strip(), "enabled")
        self.assertEqual(host.run("stat", "-c", "%U %a", "/sys/fs/bpf/realpeer").stdout, "realpeer 750\n")
        for line in host.run("ss", "-Hltnp").stdout.splitlines():
            if "realpeer" in line:
                self.assertIn(" 127.0.0.1:", line, "it serves this host alone")
        host.run("realpeer", "check", "--config", CONFIGURATION)
        host.run("realpeer", "status", "--config", CONFIGURATION)
        for page in ("8 realpeer", "5 realpeer.yaml"):
            self.assertIn("realpeer", host.shell(f"man {page} | head -n 3").stdout)

    def it_upgrades(self, host):
        host.shell(f"echo '# mine' >> {CONFIGURATION}")
        old = main_pid(host)
        newer = f"/srv/project/build/{newer_package().name}"
        host.run("apt-get", "install", "-y", "-o", "Dpkg::Options::=--force-confold", newer)
        self.assertIn("99.", host.run("dpkg-query", "-W", "realpeer").stdout)
        eventually(lambda: main_pid(host) not in (0, old), 10, "the new program runs: " + journal(host))
        eventually(lambda: listening(host, 7000), 5, "it listens")
        self.assertIn("# mine", host.run("cat", CONFIGURATION).stdout)

    def connections_live_through_an_upgrade(self, host):
        host.write("/etc/nginx/conf.d/backend.conf",
                   'server { listen 127.0.0.1:7001 proxy_protocol; location / { return 200 "ok\\n"; } }')
        host.run("systemctl", "restart", "nginx")
        with host.start("bash", "-c", TALK, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as talk:
            self.assertIn("200 OK", talk.stdout.readline())
            old = main_pid(host)
            host.run("apt-get", "install", "-y", "--reinstall", f"/srv/project/build/{newer_package().name}")
            self.assertNotEqual(main_pid(host), old)
            talk.stdin.write("go on\n")
            talk.stdin.close()
            self.assertIn("200 OK", talk.stdout.readline())

    def it_is_removed(self, host):
        host.run("apt-get", "remove", "-y", "realpeer")
        self.assertNotEqual(host.run("pgrep", "-x", "realpeer", check=False).returncode, 0, "no process")
        self.assertFalse(listening(host, 7000))
        self.assertNotIn("realpeer", host.run("ls", "/sys/fs/bpf", "/run").stdout)
        self.assertEqual([str(path) for path in cgroup2().rglob("*realpeer*") if str(host.cgroup) in str(path)], [])
        self.assertIn("# mine", host.run("cat", CONFIGURATION).stdout)
        # Kept until the purge: configuration, logs, that the service is enabled, and what dpkg knows of them.
        left = [path for path in host.shell(OF_REALPEER).stdout.split()
                if not path.startswith(("/etc/realpeer", "/etc/logrotate.d/", "/var/lib/dpkg/", "/var/log/realpeer",
                                        "/etc/systemd/system/multi-user.target.wants/", "/var/lib/systemd/deb-systemd-helper-"))]
        self.assertEqual(left, [])


if __name__ == "__main__":
    unittest.main()
