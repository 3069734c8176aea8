#!/usr/bin/env python3
"""Every block of YAML in the pages that is a configuration of ours, or a part of one, passes `realpeer check`."""

import tempfile
import unittest

import yaml

import completion
import pages


class Yaml(unittest.TestCase):
    def test_configurations_load_without_a_word(self):
        blocks = [block for block in pages.all_blocks("yaml") if completion.is_ours(block)]
        self.assertGreater(len(blocks), 4)
        for block in blocks:
            with self.subTest(str(block)), tempfile.TemporaryDirectory() as folder:
                checked = completion.check(completion.write_configuration(completion.completed(block.text), folder))
                self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    def test_manifests_of_others_are_yaml(self):
        for block in pages.all_blocks("yaml"):
            with self.subTest(str(block)):
                for document in yaml.safe_load_all(block.text):
                    self.assertIsInstance(document, (dict, list))


if __name__ == "__main__":
    unittest.main()
