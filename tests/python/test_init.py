"""What `init` and the other commands that make files say when something is wrong, and what they leave."""

import unittest

from cooperative import LOG, Cooperative, run


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


class Init(unittest.TestCase):
    def setUp(self):
        self.coop = self.enterContext(Cooperative())
        self.home = self.coop.home
        (self.home / "bad").write_text("witness\n")
        (self.home / "latin").write_bytes(b"# \xe9\nquorum none\n")

    def test_a_bad_option_is_named_with_its_value_and_leaves_nothing(self):
        _, key = self.coop.key("somebody")
        before = everything(self.home)
        for more, named in [
            (["--currency", "XXXX"], "--currency XXXX: three letters A-Z"),
            (["--currency", "EUR", "--currency", "EUR"], "--currency EUR: it is given twice"),
            (["--founder-key", "abc"], "--founder-key abc: a public key is 32 bytes"),
            (["--delegate", "abc"], "--delegate abc: a public key is 32 bytes"),
            (["--delegate", key, "--founder-key", key], f"--delegate {key}: the key is given twice"),
            (["--witnesses", self.home / "bad"], f"--witnesses {self.home / 'bad'}: "),
            (["--witnesses", self.home / "latin"], f"--witnesses {self.home / 'latin'}: not UTF-8"),
            (["--witnesses", self.home / "none"], f"--witnesses {self.home / 'none'}: "),
        ]:
            with self.subTest(more=more):
                code, said, complaint = self.coop.init(*more)
                self.assertEqual((code, said), (1, ""))
                self.assertIn(named, complaint)
                self.assertEqual(everything(self.home), before)
        code, said, complaint = self.coop.init()
        self.assertEqual(code, 0, complaint)

    def test_a_bad_origin_or_place_leaves_nothing_either(self):
        before = everything(self.home)
        good = {"--data": self.coop.data, "--origin": LOG, "--delegate-key": self.coop.delegate}
        for option, value, named in [
            ("--origin", "a b", "--origin a b: "),
            ("--delegate-key", self.home / "bad", "File exists"),
            ("--delegate-key", self.home / "no" / "d.key", "No such file or directory"),
            ("--data", self.home / "bad", "it is no directory"),
        ]:
            with self.subTest(option=option, value=value):
                words = [word for pair in {**good, option: value}.items() for word in pair]
                code, _, complaint = run("init", *words)
                self.assertEqual(code, 1)
                self.assertIn(f"{option} {value}: ", complaint)
                self.assertIn(named, complaint)
                self.assertEqual(everything(self.home), before)

    def test_what_is_in_the_directory_stays_there(self):
        self.coop.data.mkdir()
        (self.coop.data / "notes").write_text("mine")
        self.assertEqual(self.coop.init("--currency", "XXXX")[0], 1)
        self.assertEqual(everything(self.coop.data), ["notes"])
        self.assertEqual(self.coop.init()[0], 0)
        code, _, complaint = self.coop.init()
        self.assertEqual(code, 1)
        self.assertIn(f"--data {self.coop.data}: there is a ledger already", complaint)
        self.assertTrue((self.coop.data / "notes").exists())
        self.assertTrue(self.coop.delegate.exists())
