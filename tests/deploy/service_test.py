#!/usr/bin/env python3
"""realpeer.service under systemd: what it may do and may not, every feature behind its walls, and what a crash leaves."""
import json
import statistics
import subprocess
import unittest

from deployed import configure, install, journal, main_pid, setting
from machine import Machine, eventually

# What a client sees from a network of its own: 203.0.113.1 is the gateway, 203.0.113.42 the client.
NETWORK = """
ip netns add client
ip link add in0 type veth peer name eth0 netns client
ip addr add 203.0.113.1/24 dev in0
ip link set in0 up
ip -n client link set lo up
ip -n client addr add 203.0.113.42/24 dev eth0
ip -n client link set eth0 up
ip -n client route add default via 203.0.113.1
"""

# Each tells who it thinks its client is.
BACKENDS = r"""
log_format none '';
server { listen 127.0.0.1:8001 proxy_protocol; location / { return 200 "header $proxy_protocol_addr\n"; } }
server { listen 127.0.0.1:8002; location / { return 200 "peer $remote_addr\n"; } }
server { listen 127.0.0.1:8003; location / { return 200 "xff $http_x_forwarded_for\n"; } }
"""

CONFIGURATION = """
node: walls
datapath: sockmap
admin: { bind: "unix:/run/realpeer/admin.sock" }
admission: { interfaces: [in0], mode: auto, denied_cidrs: [198.51.100.0/24] }
log: { access: /var/log/realpeer/access.log }
limits: { per_client: { rate: 1000/s, burst: 1000, ban: 10m } }
listeners:
  - { name: header, bind: "0.0.0.0:81", accept_proxy: off, route: { backend: header } }
  - { name: peername, bind: "0.0.0.0:82", accept_proxy: off, route: { backend: peername } }
  - { name: transparent, bind: "0.0.0.0:83", accept_proxy: off, route: { backend: transparent } }
  - name: https
    bind: "0.0.0.0:443"
    tls: { certificate: cert.pem, key: key.pem }
    route: { http: [{ backend: xff }] }
backends:
  header: { endpoints: ["127.0.0.1:8001"], identity: proxy-v2 }
  peername: { endpoints: ["127.0.0.1:8002"], identity: peername }
  transparent: { endpoints: ["127.0.0.1:8002"], identity: transparent }
  xff: { endpoints: ["127.0.0.1:8003"], identity: xff }
"""

CERTIFICATE = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -keyout /etc/realpeer/key.pem -out /etc/realpeer/cert.pem 2>/dev/null
chgrp realpeer /etc/realpeer/key.pem
chmod 0640 /etc/realpeer/key.pem
"""


# From the kill to the first connection that is taken, as a client sees it.
KILL = r"""
begin=${EPOCHREALTIME/./}
kill -KILL PID
while [ -e /proc/PID ]; do :; done
until (exec 3<>/dev/tcp/127.0.0.1/82) 2>/dev/null; do :; done
took=$((${EPOCHREALTIME/./} - begin))
printf '%d.%06d' $((took / 1000000)) $((took % 1000000))
"""


# Connects until somebody says so; who is refused, as opposed to kept waiting, is counted.
VISITORS = r"""
refused=0
until read -r -t 0; do
  if (exec 3<>/dev/tcp/127.0.0.1/82) 2>/dev/null; then
    [ -n "$told" ] || echo served
    told=yes
  else
    refused=$((refused + 1))
  fi
done
echo "$refused refused"
"""


def as_mask(capabilities):
    numbers = {"CAP_NET_BIND_SERVICE": 10, "CAP_NET_ADMIN": 12, "CAP_PERFMON": 38, "CAP_BPF": 39}
    return sum(1 << numbers[name] for name in capabilities)


class Service(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(Machine("service"))
        install(cls.host)
        cls.host.shell(NETWORK)
        cls.host.shell(CERTIFICATE)
        cls.host.write("/etc/nginx/conf.d/backends.conf", BACKENDS)
        cls.host.run("systemctl", "restart", "nginx")
        cls.host.run("realpeer", "setup", "transparent", "--apply")
        configure(cls.host, CONFIGURATION, 443)

    def visit(self, url, *words):
        return self.host.run("nsenter", "--net=/run/netns/client", "curl", "-sS", "--max-time", "5", *words, url).stdout

    def test_runs_as_its_user_with_the_capabilities_of_the_unit_and_nothing_more(self):
        status = dict(line.split(":\t", 1) for line in
                      self.host.run("cat", f"/proc/{main_pid(self.host)}/status").stdout.splitlines() if ":\t" in line)
        mask = as_mask(setting("AmbientCapabilities"))
        for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb", "CapBnd"):
            self.assertEqual(int(status[kind], 16), mask, kind)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")
        user = self.host.run("id", "-u", "realpeer").stdout.strip()
        self.assertEqual(status["Uid"].split(), [user] * 4)

    def test_needs_each_of_its_capabilities(self):
        drop_in = "/etc/systemd/system/realpeer.service.d/less.conf"
        kernel = "datapath: sockmap cannot be had here"
        missed = {"CAP_BPF": kernel, "CAP_NET_ADMIN": kernel, "CAP_PERFMON": "cannot be had here",
                  "CAP_NET_BIND_SERVICE": "Permission denied"}
        self.assertEqual(set(missed), set(setting("AmbientCapabilities")))
        for capability, said in missed.items():
            rest = " ".join(set(missed) - {capability})
            self.host.write(drop_in, f"[Service]\nAmbientCapabilities=\nCapabilityBoundingSet=\n"
                                     f"AmbientCapabilities={rest}\nCapabilityBoundingSet={rest}\n")
            news = ("journalctl", "-u", "realpeer", "--cursor-file=/run/seen", "-o", "cat", "--no-pager")
            self.host.run(*news)
            self.host.shell("systemctl daemon-reload; systemctl restart realpeer || true")
            heard = []
            eventually(lambda: heard.append(self.host.run(*news).stdout) or said in "".join(heard), 10, f"without {capability}: {said}")
        self.host.run("rm", drop_in)
        self.host.run("systemctl", "daemon-reload")
        configure(self.host, CONFIGURATION, 443)

    def test_doctor_knows_where_its_user_may_pin(self):
        as_its_user = ("setpriv", "--reuid=realpeer", "--regid=realpeer", "--clear-groups", "realpeer", "doctor", "--json")

        def may_pin(*place):
            findings = json.loads(self.host.run(*place, *as_its_user, check=False).stdout)
            return next(finding["yes"] for finding in findings if finding["question"] == "bpffs")

        self.assertFalse(may_pin())
        self.assertTrue(may_pin("nsenter", f"--target={main_pid(self.host)}", "--mount", "--root"))

    def test_has_the_kernel_path_and_the_map_of_clients(self):
        said = journal(self.host)
        self.assertIn("data path: sockmap (the self-test passed)", said)
        self.assertIn("client map: /sys/fs/bpf/realpeer/walls/clients", said)
        self.assertIn("admission on in0: ", said)
        self.assertEqual(self.host.run("realpeer", "whois", "192.0.2.1:1", check=False).returncode, 1)

    def test_backends_are_told_by_header_peername_address_and_field(self):
        self.assertEqual(self.visit("http://203.0.113.1:81/"), "header 203.0.113.42\n")
        self.assertEqual(self.visit("http://203.0.113.1:82/"), "peer 203.0.113.42\n")
        self.assertEqual(self.visit("http://203.0.113.1:83/"), "peer 203.0.113.42\n")
        self.assertEqual(self.visit("https://203.0.113.1/", "-k"), "xff 203.0.113.42\n")

    def test_splices_and_writes_its_log(self):
        self.visit("http://203.0.113.1:81/spliced")
        log = "/var/log/realpeer/access.log"
        eventually(lambda: '"path":"sockmap"' in self.host.run("cat", log, check=False).stdout, 5, "a line of a spliced one")
        self.assertEqual(self.host.run("stat", "-c", "%U %a", log).stdout, "realpeer 640\n")

    def test_goes_on_in_a_new_file_when_its_log_is_rotated(self):
        self.visit("http://203.0.113.1:81/")
        log = "/var/log/realpeer/access.log"
        eventually(lambda: self.host.run("cat", log).stdout, 5, "a line before")
        self.host.run("logrotate", "--force", "/etc/logrotate.d/realpeer")
        self.assertNotEqual(self.host.run("cat", log + ".1").stdout, "")
        self.visit("http://203.0.113.1:81/")
        eventually(lambda: self.host.run("cat", log, check=False).stdout, 5, "a line in the new file")

    def test_bans_in_the_kernel(self):
        self.host.run("realpeer", "ban", "add", "203.0.113.42", "--duration", "1m")
        refused = self.host.run("nsenter", "--net=/run/netns/client", "curl", "-sS", "--max-time", "1",
                                "http://203.0.113.1:81/", check=False)
        self.assertEqual(refused.returncode, 28, "dropped, and not refused")
        self.host.run("realpeer", "ban", "remove", "203.0.113.42")
        self.assertEqual(self.visit("http://203.0.113.1:81/"), "header 203.0.113.42\n")

    def test_answers_the_operator_over_its_socket(self):
        self.assertIn("peername", self.host.run("realpeer", "status", "--config", "/etc/realpeer/realpeer.yaml").stdout)

    def test_serves_again_within_a_second_after_a_kill(self):
        took = []
        for _ in range(5):
            old = main_pid(self.host)
            took.append(float(self.host.shell(KILL.replace("PID", str(old))).stdout))
            self.assertEqual(self.visit("http://203.0.113.1:82/"), "peer 203.0.113.42\n")
            self.assertNotIn(main_pid(self.host), (0, old))
            self.assertEqual(self.host.run("pgrep", "-c", "-x", "realpeer").stdout, "1\n")
            self.assertEqual(self.host.run("ls", "/sys/fs/bpf/realpeer").stdout, "walls\n")
        # The machine may be busy with something else for one of them.
        self.assertLess(statistics.median(took), 1.0, f"seconds: {took}")

    def test_reloads(self):
        changed = CONFIGURATION.replace('"0.0.0.0:81"', '"0.0.0.0:84"')
        self.host.write("/etc/realpeer/realpeer.yaml", changed)
        old = main_pid(self.host)
        self.host.run("systemctl", "reload", "realpeer")
        self.assertEqual(self.visit("http://203.0.113.1:84/"), "header 203.0.113.42\n")
        self.host.write("/etc/realpeer/realpeer.yaml", "listeners: [")
        refused = self.host.run("systemctl", "reload", "realpeer", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("not valid YAML", journal(self.host))
        self.assertEqual(self.visit("http://203.0.113.1:84/"), "header 203.0.113.42\n")
        self.host.write("/etc/realpeer/realpeer.yaml", CONFIGURATION)
        self.host.run("systemctl", "reload", "realpeer")
        self.assertEqual(self.visit("http://203.0.113.1:81/"), "header 203.0.113.42\n")
        self.assertEqual(main_pid(self.host), old)

    def test_is_the_same_service_after_an_upgrade(self):
        before = self.restarts()
        for _ in range(2):
            old = main_pid(self.host)
            self.host.run("realpeer", "upgrade", "--node", "walls")
            eventually(lambda: main_pid(self.host) not in (0, old), 5, "systemd knows the new process")
            eventually(lambda: self.host.run("pgrep", "-c", "-x", "realpeer").stdout == "1\n", 5, "the old one ends")
            self.assertEqual(self.host.run("systemctl", "is-active", "realpeer").stdout, "active\n")
        self.assertEqual(self.restarts(), before)
        # What it took over, and what it made anew.
        self.test_backends_are_told_by_header_peername_address_and_field()
        self.test_bans_in_the_kernel()
        self.assertIn("walls", self.host.run("ls", "/sys/fs/bpf/realpeer").stdout)
        self.host.run("systemctl", "reload", "realpeer")

    def restarts(self):
        return self.host.run("systemctl", "show", "-P", "NRestarts", "realpeer").stdout

    def test_is_started_again_when_it_hangs(self):
        drop_in = "/etc/systemd/system/realpeer.service.d/watchdog.conf"
        self.host.write(drop_in, "[Service]\nWatchdogSec=1s\n")
        self.host.run("systemctl", "daemon-reload")
        configure(self.host, CONFIGURATION, 443)
        old = main_pid(self.host)
        self.host.run("kill", "-STOP", str(old))
        eventually(lambda: main_pid(self.host) not in (0, old), 20, "systemd starts it again: " + journal(self.host))
        self.assertIn("Watchdog timeout", journal(self.host))
        self.host.run("rm", drop_in)
        self.host.run("systemctl", "daemon-reload")
        configure(self.host, CONFIGURATION, 443)

    def test_refuses_nobody_through_a_restart_when_systemd_holds_its_sockets(self):
        held = "[Socket]\nListenStream=0.0.0.0:82\nListenStream=0.0.0.0:85\n"
        self.host.write("/etc/systemd/system/realpeer.socket", held)
        self.host.run("systemctl", "stop", "realpeer")
        self.host.run("systemctl", "daemon-reload")
        self.host.run("systemctl", "start", "realpeer.socket")
        configure(self.host, CONFIGURATION, 443)
        self.assertIn("no listener is configured for the passed socket 0.0.0.0:85", journal(self.host))
        with self.host.start("bash", "-c", VISITORS, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as visitors:
            self.assertEqual(visitors.stdout.readline(), "served\n")
            for _ in range(3):
                self.host.run("systemctl", "restart", "realpeer")
                self.host.run("systemctl", "kill", "--signal=KILL", "realpeer")
                eventually(lambda: self.visit("http://203.0.113.1:82/") == "peer 203.0.113.42\n", 5, "it serves")
            visitors.stdin.close()
            self.assertEqual(visitors.stdout.read().split("\n")[-2], "0 refused")
        self.host.run("systemctl", "stop", "realpeer", "realpeer.socket")
        self.host.run("rm", "/etc/systemd/system/realpeer.socket")
        self.host.run("systemctl", "daemon-reload")
        configure(self.host, CONFIGURATION, 443)

    def test_a_stop_leaves_nothing(self):
        self.host.run("systemctl", "stop", "realpeer")
        self.assertEqual(self.host.run("ls", "/sys/fs/bpf/realpeer").stdout, "")
        self.assertEqual(self.host.shell("ls -d /run/realpeer /sys/fs/cgroup/system.slice/realpeer* 2>/dev/null || true").stdout, "")
        self.assertNotIn("prog", self.host.run("ip", "link", "show", "in0").stdout)
        configure(self.host, CONFIGURATION, 443)


if __name__ == "__main__":
    unittest.main()
