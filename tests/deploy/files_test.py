#!/usr/bin/env python3
"""What is installed beside the program says what the program says: manual pages, completions, unit, configuration."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).parents[2]
BUILD = Path(os.environ.get("REALPEER_BUILD", SOURCE / "build"))
DEPLOY = SOURCE / "scripts/deploy"
PROGRAM = BUILD / "realpeer"
# docs/systemd.md shows it; less is better.
EXPOSURE = 1.9


def said_by(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, text=True, **options).stdout


def commands():
    return re.findall(r"^  ([a-z]+) ", said_by(PROGRAM, "help"), re.MULTILINE)


def flags():
    """Those of the commands' own files."""
    listed = subprocess.run([PROGRAM, "check", "--helpxml"], capture_output=True, text=True, check=False).stdout
    return re.findall(r"<file>[^<]*/userspace/commands/[^<]*</file><name>(\w+)</name>", listed)


def page(name):
    return said_by("man", "--local-file", "--warnings=w", BUILD / "scripts/deploy" / name,
                   env={**os.environ, "MANWIDTH": "2000", "LC_ALL": "C.UTF-8"}).replace("\u2010", "-")


class Manual(unittest.TestCase):
    def test_has_every_command_and_every_flag(self):
        text = page("realpeer.8")
        self.assertGreater(len(commands()), 10)
        self.assertGreater(len(flags()), 15)
        for command in commands():
            self.assertRegex(text, rf"(?m)^   {command}$")
            self.assertIn(f"realpeer {command}", text)
        for flag in flags():
            self.assertRegex(text, rf"--{flag.replace('_', '[-_]')}\b")

    def test_has_every_key_of_the_reference(self):
        text = page("realpeer.yaml.5")
        keys = re.findall(r"^\| `([a-z_.]+)`", (SOURCE / "docs/configuration.md").read_text(), re.MULTILINE)
        self.assertGreater(len(keys), 50)
        for key in keys:
            self.assertRegex(text, rf"(?m)^ +{re.escape(key)}\b")

    def test_is_well_formed(self):
        for name in ("realpeer.8", "realpeer.yaml.5"):
            done = subprocess.run(["man", "--local-file", "--warnings=w", BUILD / "scripts/deploy" / name],
                                  capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
            self.assertEqual(done.stderr, "")


class Completions(unittest.TestCase):
    """A shell that finds the program by its name, asked what it would offer."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "realpeer").symlink_to(PROGRAM)
        self.environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}

    def bash(self, *words):
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _realpeer; printf "%s\\n" "${COMPREPLY[@]}"'
        return said_by("bash", "--norc", "-c", script, "bash", DEPLOY / "completions/realpeer.bash", *words,
                       env=self.environment).split()

    def zsh(self, *words):
        """What is handed to zsh's own functions: a terminal would only lay it out."""
        script = """
          setopt extendedglob
          compadd() { for word; do [[ $word == -- ]] || print -r -- $word; done }
          _describe() { print -rl -- ${(P)2%%:*} }
          _files() { print -r -- FILES }
          file=$1; shift
          words=("$@") CURRENT=$#
          eval "_realpeer() { $(<$file)
          }"
          _realpeer
        """
        return said_by("zsh", "-f", "-c", script, "zsh", DEPLOY / "completions/_realpeer", *words,
                       env=self.environment).split()

    def test_offer_every_command(self):
        for shell in (self.bash, self.zsh):
            self.assertLessEqual(set(commands()), set(shell("realpeer", "")), shell.__name__)
        self.assertEqual(self.bash("realpeer", "tr"), ["trace"])
        self.assertEqual(sorted(self.bash("realpeer", "help", "d")), ["decode", "doctor"])

    def test_offer_every_flag_with_its_command(self):
        for shell in (self.bash, self.zsh):
            offered = {word for command in commands() for word in shell("realpeer", command, "--")}
            self.assertLessEqual({f"--{flag}" for flag in flags()},
                                 offered | {word.replace("-", "_").replace("__", "--", 1) for word in offered}, shell.__name__)
        self.assertIn("--pcap", self.bash("realpeer", "decode", "--p"))
        self.assertNotIn("--pcap", self.bash("realpeer", "check", "--"))

    def test_offer_words_and_files(self):
        self.assertEqual(self.bash("realpeer", "ban", ""), ["list", "add", "remove"])
        self.assertEqual(self.bash("realpeer", "setup", ""), ["transparent"])
        self.assertEqual(self.zsh("realpeer", "check", "--config", ""), ["FILES"])
        self.assertIn(str(self.folder / "realpeer"), self.bash("realpeer", "check", "--config", f"{self.folder}/r"))


class Unit(unittest.TestCase):
    def test_is_exposed_no_more_than_the_docs_say(self):
        done = said_by("systemd-analyze", "security", "--offline=true", "--no-pager", DEPLOY / "systemd/realpeer.service")
        overall = float(re.search(r"Overall exposure level for realpeer.service: ([0-9.]+)", done)[1])
        self.assertLessEqual(overall, EXPOSURE, done)
        self.assertIn(f"exposure level for realpeer.service: {EXPOSURE} OK", (SOURCE / "docs/systemd.md").read_text())

    def test_is_well_formed(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = Path(folder) / "realpeer.service"
            text = (DEPLOY / "systemd/realpeer.service").read_text()
            # Neither program nor manual need be installed here.
            unit.write_text(re.sub(r"^Documentation=.*\n", "", text, flags=re.MULTILINE).replace("/usr/bin/realpeer", str(PROGRAM)))
            (Path(folder) / "realpeer.socket").write_text((DEPLOY / "systemd/realpeer.socket").read_text())
            for name in ("realpeer.service", "realpeer.socket"):
                done = subprocess.run(["systemd-analyze", "verify", Path(folder) / name], capture_output=True, text=True, check=False)
                self.assertNotIn("realpeer", done.stderr)

    def test_waits_for_the_drain_that_is_the_default(self):
        unit = (DEPLOY / "systemd/realpeer.service").read_text()
        drain = re.search(r"^\| `drain` \|.*?`(\d+)s`", (SOURCE / "docs/configuration.md").read_text(), re.MULTILINE)
        self.assertGreater(int(re.search(r"^TimeoutStopSec=(\d+)s$", unit, re.MULTILINE)[1]), int(drain[1]))

    def test_its_capabilities_are_those_the_docs_explain(self):
        explained = re.findall(r"^\| `(CAP_\w+)`", (SOURCE / "docs/systemd.md").read_text(), re.MULTILINE)
        unit = (DEPLOY / "systemd/realpeer.service").read_text()
        for name in ("AmbientCapabilities", "CapabilityBoundingSet"):
            self.assertEqual(re.search(rf"^{name}=(.*)$", unit, re.MULTILINE)[1].split(), explained)


class Package(unittest.TestCase):
    def test_is_what_debian_takes(self):
        [file] = BUILD.glob("realpeer_*.deb")
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", file],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)


class Configuration(unittest.TestCase):
    def test_of_the_package_loads_without_a_word_and_listens_on_loopback_only(self):
        file = DEPLOY / "realpeer.yaml"
        self.assertIn("0 warnings", said_by(PROGRAM, "check", "--config", file))
        for bind in re.findall(r'bind: "([^"]*)"', file.read_text()):
            self.assertRegex(bind, r"^(127\.0\.0\.1:|unix:/run/realpeer/)")


if __name__ == "__main__":
    unittest.main()
