"""The cookie of a session, over plain HTTP, behind a proxy and over TLS."""

import subprocess
import time
import unittest

import demo
import httpx
from cooperative import LOG, Cooperative
from handprint.signing import SESSION, Key


def cookie(coop, url, headers=None, verify=True):
    """What is set when the delegate signs in."""
    _, seed = demo.read_key(coop.delegate)
    with httpx.Client(base_url=url, headers=headers, verify=verify, trust_env=False) as http:
        key = Key(seed)
        challenge = http.post("/v1/sessions/challenge", json={"key": key.text}).json()["challenge"]
        now = int(time.time() * 1000)
        envelope = key.envelope(SESSION, {"challenge": challenge, "log": LOG, "time": now})
        answer = http.post("/v1/sessions", json={"envelope": envelope})
        assert answer.status_code == 200, answer.text
        return answer.headers["set-cookie"]


class Secure(unittest.TestCase):
    def test_behind_a_trusted_proxy_that_says_https_and_nowhere_else_without_tls(self):
        says = {"X-Forwarded-Proto": "https"}
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            coop.serve()
            self.assertNotIn("Secure", cookie(coop, coop.url))
            self.assertNotIn("Secure", cookie(coop, coop.url, says))
        with Cooperative(trusted_proxies="127.0.0.1") as coop:
            self.assertEqual(coop.init()[0], 0)
            coop.serve()
            self.assertIn("; Secure;", cookie(coop, coop.url, says))
            self.assertNotIn("Secure", cookie(coop, coop.url, {"X-Forwarded-Proto": "http"}))

    def test_over_tls(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            certificate, key = coop.home / "cert.pem", coop.home / "key.pem"
            words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
            words += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
            subprocess.run(["openssl", "req", "-x509", *words], check=True, capture_output=True)
            coop.settings |= {"tls_certificate": certificate, "tls_key": key}
            coop.answers = lambda: "ready" in (coop.home / "said").read_text()
            coop.settings["log_level"] = "info"
            coop.serve()
            url = coop.url.replace("http:", "https:")
            self.assertIn("; Secure;", cookie(coop, url, verify=str(certificate)))
