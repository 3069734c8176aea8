#!/usr/bin/env python3
"""What the pages have a reader type exists: commands with their flags, scripts; and what they show is what comes."""

import json
import re
import shlex
import subprocess
import tempfile
import unittest

import completion
import pages

CODE = re.compile(r"`([^`\n]+)`")
# A namespace of Kubernetes may have our name.
COMMAND = re.compile(r"(?<![\w./:-])(?<!--namespace )(?:build/|/usr/bin/)?realpeer ([a-z]+(?: [^|#`;&>…]*)?)")
BEGINS_WITH_ONE = re.compile(r"(\$ )?(sudo )?(\S*/)?(realpeer [a-z]|tcpdump )")
SCRIPT = re.compile(r"(?<![\w/.-])(?:scripts|tests)/[\w./-]+\.(?:sh|py|yml|yaml|json|js)\b")


def help_of(command):
    return subprocess.run([pages.REALPEER, "help", command], capture_output=True, text=True, timeout=60)


def typed(page):
    """Yields (where, arguments) of each command of ours: in blocks, and in code within a line."""
    for block in pages.blocks_of(page):
        for line in block.text.splitlines():
            if block.info[:1] == ["sh"] or BEGINS_WITH_ONE.match(line):
                yield from ((str(block), arguments) for arguments in COMMAND.findall(line))
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    for code in filter(BEGINS_WITH_ONE.match, CODE.findall(prose)):
        yield from ((f"{page.name}: {code}", arguments) for arguments in COMMAND.findall(code))


class Commands(unittest.TestCase):
    def test_commands_and_their_flags_are_known(self):
        seen = set()
        for page in pages.PAGES:
            for where, arguments in typed(page):
                command, *rest = arguments.split()
                seen.add(command)
                with self.subTest(where):
                    helped = help_of(command) if command != "help" else help_of("run")
                    self.assertEqual(helped.returncode, 0, helped.stderr)
                    for flag in re.findall(r"(?<!\S)--[a-z][a-z_-]*", " ".join(rest)):
                        self.assertIn(flag, helped.stdout)
        self.assertLessEqual({"run", "check", "decode", "status", "trace"}, seen)

    def test_scripts_are_there(self):
        for page in pages.PAGES:
            for script in SCRIPT.findall(page.read_text()):
                with self.subTest(page.name, script=script):
                    self.assertTrue((pages.ROOT / script).exists())

    def test_json_is_json(self):
        for block in pages.all_blocks("json"):
            with self.subTest(str(block)):
                for line in block.text.splitlines():
                    json.loads(line)

    # `$ realpeer check --config FILE` is about the first configuration of its page.
    def test_checks_say_what_the_page_shows(self):
        shown = [block for block in pages.all_blocks("console") if block.text.startswith("$ realpeer check")]
        self.assertTrue(shown)
        for block in shown:
            with self.subTest(str(block)), tempfile.TemporaryDirectory() as folder:
                command, output = block.text.split("\n", 1)
                name = shlex.split(command)[-1]
                first = next(other for other in pages.blocks_of(block.page) if other.info == ["yaml"])
                checked = completion.check(completion.write_configuration(first.text, folder, name))
                self.assertEqual(checked.stderr + checked.stdout, output)


if __name__ == "__main__":
    unittest.main()
