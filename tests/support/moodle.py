"""A made-up learning platform: what Moodle or Canvas do when somebody opens a tool by LTI 1.3."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
VALID_SECONDS = 300
KEY_BITS = 2048


def encoded(content):
    """Bytes as they stand in a token."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def new_key():
    """A private key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


class Platform:
    """A platform with a key of its own, of which it shows the public half over HTTP.

    Attributes
    ----------
    address : str
        Where it is; also its name in what it signs.
    client : str
        The identifier that it has given the hub.
    """

    client = "hub-of-the-class"

    def __init__(self):
        self.key = new_key()
        public = self.key.public_key().public_numbers()
        numbers = {"n": encoded(public.n.to_bytes(KEY_BITS // 8)), "e": encoded(public.e.to_bytes(3))}
        shown = json.dumps({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", **numbers}]}).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802 (http.server's name)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(shown)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, name, nonce, key):
        """Say who somebody is, signed by a key."""
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": self.client, "sub": "4711", "preferred_username": name,
            "nonce": nonce, "iat": now, "exp": now + VALID_SECONDS,
            f"{CLAIM}version": "1.3.0", f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}deployment_id": "1", f"{CLAIM}resource_link": {"id": "1"},
            f"{CLAIM}target_link_uri": "", f"{CLAIM}roles": [],
        }  # fmt: skip
        text = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "1"}, claims))
        return f"{text}.{encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def open_tool(self, session, hub, name, key=None):
        """Send somebody's browser to the hub, by way of the platform's own login; return the hub's answer.

        Parameters
        ----------
        session : requests.Session
            The browser.
        hub : str
            The hub's address.
        name : str
            Who it is, as the platform says.
        key : optional
            By which this is signed, if not by the platform's own.
        """
        begin = {
            "iss": self.address,
            "login_hint": "4711",
            "client_id": self.client,
            "target_link_uri": f"{hub}/hub/spawn",
        }
        to_platform = session.get(f"{hub}/hub/lti13/oauth_login", params=begin, allow_redirects=False)
        login = urlsplit(to_platform.headers["Location"])
        assert f"http://{login.netloc}{login.path}" == f"{self.address}/mod/lti/auth.php"
        asked = {name: values[0] for name, values in parse_qs(login.query).items()}
        form = {"state": asked["state"], "id_token": self.token(name, asked["nonce"], key or self.key)}
        return session.post(asked["redirect_uri"], data=form)


@pytest.fixture
def platform():
    """A platform that answers."""
    made = Platform()
    yield made
    made.server.shutdown()
    made.server.server_close()
