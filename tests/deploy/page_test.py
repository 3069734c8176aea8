#!/usr/bin/env python3
"""docs/getting-started-gateway.md, followed to the letter on a Debian host that has never seen realpeer."""
import sys
import unittest

from deployed import SOURCE, package
from machine import HERE, Machine

sys.path.insert(0, str(HERE.parent / "getting_started"))
from blocks import blocks, script  # noqa: E402

PAGE = (SOURCE / "docs/getting-started-gateway.md").read_text(encoding="utf-8")


class Page(unittest.TestCase):
    def test_every_block_does_as_it_stands_there(self):
        commands = script(PAGE, {"systemd": ""})
        self.assertGreater(commands.count("# line "), 12)
        # What builds has been done as a test of its own: deploy/make_package.
        self.assertEqual([said for word, _, said in blocks(PAGE) if word == "build"], ["scripts/package.sh\n"])
        with Machine("page") as host:
            host.run("mkdir", "-p", "/root/realpeer/build")
            host.run("cp", f"/srv/project/build/{package().name}", "/root/realpeer/build/")
            host.write("/root/page.sh", commands)
            done = host.run("bash", "-c", "cd /root/realpeer && exec bash -xeuo pipefail /root/page.sh", check=False)
            said = done.stdout + done.stderr
            self.assertEqual(done.returncode, 0, said)
            for what in ("you are 127.0.0.1", "you are 203.0.113.42", "header_missing", "203.0.113.42:4711  (proxy-v1",
                         'realpeer_connections_total{listener="from-edge"}', '"client_addr":"203.0.113.42:4711"'):
                self.assertIn(what, said)
            self.assertNotIn("realpeer", host.run("getent", "passwd").stdout)


if __name__ == "__main__":
    unittest.main()
