#!/usr/bin/env python3
"""The other half of each example of docs/migration.md is accepted by the program it is for. Needs root: nginx -t binds."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import completion
import pages

PAGE = pages.ROOT / "docs" / "migration.md"
PATH = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}


def blocks(kind):
    return [block for block in pages.blocks_of(PAGE) if block.info == [kind]]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=PATH)
    return done.returncode, done.stdout + done.stderr


class OtherHalves(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_haproxy_takes_its_own_without_a_word(self):
        self.assertTrue(blocks("haproxy"))
        for block in blocks("haproxy"):
            with self.subTest(str(block)):
                path = self.folder / "haproxy.cfg"
                path.write_text(block.text)
                self.assertEqual(run("haproxy", "-c", "-f", str(path)), (0, "Configuration file is valid\n"))

    # In a network namespace of its own: what is listened on is bound.
    def test_nginx_takes_its_own(self):
        self.assertEqual(len(blocks("nginx")), 2)
        (self.folder / "logs").mkdir()
        completion.write_certificate(self.folder / "wildcard.pem", self.folder / "wildcard.key")
        for block in blocks("nginx"):
            with self.subTest(str(block)):
                modules = "load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n" if "\nstream {" in block.text else ""
                path = self.folder / "nginx.conf"
                path.write_text(modules + "pid nginx.pid;\n" + block.text)
                code, said = run("unshare", "--net", "nginx", "-t", "-p", str(self.folder), "-c", str(path))
                self.assertEqual((code, re.findall(r"\[(?:warn|emerg)\].*", said)), (0, []), said)

    def test_go_mmproxy_knows_its_flags(self):
        known = re.findall(r"^  (-\S+)", run("go-mmproxy", "-h")[1], flags=re.M)
        commands = [line for block in blocks("console") for line in block.text.splitlines() if "go-mmproxy" in line]
        self.assertTrue(commands)
        for command in commands:
            for flag in re.findall(r"(?<!\S)-\S+", command):
                with self.subTest(command, flag=flag):
                    self.assertIn(flag, known)

    # The second columns: keys and words of ours, or what is typed.
    def test_tables_name_settings_that_there_are(self):
        cells = re.findall(r"^\| [^|]+ \| ([^|]+) \|", PAGE.read_text(), flags=re.M)
        named = {code.partition(":")[0] for cell in cells for code in re.findall(r"`([^`]+)`", cell)}
        words = {word for code in named for word in re.findall(r"[a-z_]{2,}", code)}
        known = set(re.findall(r"[a-z_]{2,}", (pages.ROOT / "docs" / "configuration.md").read_text()))
        self.assertGreater(len(words), 40)
        self.assertEqual(words - known - {"realpeer", "setup", "apply", "threads", "status", "top", "reload", "upgrade"}, set())


if __name__ == "__main__":
    unittest.main()
