"""The whole job of an ERP, with the client that was generated from the contract.

A token, a declaration, its fee, its release, and a webhook that tells of it and is verified. `cargo xtask integrate`
runs this against an Anyport in test mode; the environment says where it is and as whom to come.
"""

import base64
import http.server
import json
import os
import queue
import threading
import time
import urllib.request

import anyport_client as anyport
from standardwebhooks import Webhook

URL = os.environ["ANYPORT_URL"].rstrip("/")
DONE = {"RELEASED", "CLOSED"}


class Receiver(http.server.BaseHTTPRequestHandler):
    """What an ERP has behind its webhook address: it answers the challenge and keeps what comes."""

    heard: "queue.Queue[tuple[dict, bytes]]" = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        event = json.loads(body)
        answer = b""
        if event["type"] == "webhook.challenge":
            answer = json.dumps({"challenge": event["data"]["challenge"]}).encode()
        else:
            self.heard.put((dict(self.headers.items()), body))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        """Nothing: the journey tells its own story."""


def token(client: anyport.ApiClient) -> str:
    """Client credentials of OAuth2, as `client_secret_basic`."""
    pair = f"{os.environ['ANYPORT_CLIENT_ID']}:{os.environ['ANYPORT_CLIENT_SECRET']}"
    proof = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    api = anyport.IdentityApi(client)
    return api.get_token(grant_type="client_credentials", _headers=proof).access_token


def until(look, is_there, seconds=60):
    """Asks again, as long as the answer may still change."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if is_there(found):
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"still {found}")
        time.sleep(0.2)


def main() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    configuration = anyport.Configuration(host=URL)
    with anyport.ApiClient(configuration) as client:
        configuration.access_token = token(client)
        declarations = anyport.DeclarationApi(client)

        secret = subscribe(client, f"http://127.0.0.1:{server.server_port}/anyport")

        with open(os.environ["ANYPORT_DECLARATION"], encoding="utf-8") as file:
            content = anyport.DeclarationContent.from_json(file.read())
        receipt = declarations.file_declaration(content)
        again = declarations.file_declaration(content)
        assert again.id == receipt.id, "the same declaration has one receipt"
        print("filed", receipt.decl_no, receipt.status.value)

        if receipt.fee_notice:
            payments = anyport.PaymentApi(client)
            payments.pay_fee_notice(str(receipt.fee_notice.id))
            notice = until(
                lambda: payments.get_fee_notice(str(receipt.fee_notice.id)),
                lambda notice: notice.state.value == "PAID",
            )
            print("paid", notice.lines[0].charged.amount, notice.lines[0].charged.currency)

        until(
            lambda: play_officers(configuration.access_token, receipt.id),
            lambda status: status in DONE,
        )
        released = declarations.get_declaration(str(receipt.id))
        print("released", released.released_at)

    told = set()
    while "declaration.released" not in told:
        headers, body = Receiver.heard.get(timeout=30)
        event = Webhook(secret).verify(body, headers)
        if event["data"]["id"] == str(receipt.id):
            told.add(event["type"])
    print("told of", ", ".join(sorted(told)))


def subscribe(client: anyport.ApiClient, url: str) -> str:
    """Registers an address, waits until it has answered its challenge, and returns the secret to verify with."""
    webhooks = anyport.NotificationApi(client)
    issued = webhooks.register_webhook_endpoint(anyport.WebhookEndpointIn(url=url))
    endpoint = str(issued.endpoint.id)
    webhooks.challenge_webhook_endpoint(endpoint)
    until(
        lambda: webhooks.get_webhook_endpoint(endpoint),
        lambda endpoint: endpoint.state.value == "ACTIVE",
    )
    return issued.secret


def play_officers(bearer: str, declaration) -> str:
    """In test mode alone: whoever has the case does what is theirs to do. How far it came."""
    request = urllib.request.Request(
        f"{URL}/v1/test/declarations/{declaration}/play",
        method="POST",
        headers={"Authorization": f"Bearer {bearer}"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["status"]


main()
