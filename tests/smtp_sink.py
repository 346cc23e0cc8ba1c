"""A mail server that keeps nothing: it tells each letter on standard output as a line of JSON.

The first line is its port. Arguments: `starttls CERTIFICATE KEY NAME PASSWORD` demands TLS and a
login; `busy N` answers the first N letters with 451; whoever is called `gone` is refused with 550.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Sink:
    def __init__(self, busy):
        self.busy = busy

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 nobody called " + address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.busy > 0:
            self.busy -= 1
            return "451 later"
        letter = email.message_from_bytes(envelope.content, policy=email.policy.strict)
        parts = [
            [part.get_content_type(), part.get_content()]
            for part in letter.walk()
            if not part.is_multipart()
        ]
        said = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "login": session.authenticated,
            "headers": [[name, str(value)] for name, value in letter.items()],
            "kind": letter.get_content_type(),
            "parts": parts,
        }
        print(json.dumps(said), flush=True)
        return "250 OK"


async def serve(arguments):
    busy, kept = 0, {}
    if arguments[:1] == ["busy"]:
        busy = int(arguments[1])
    elif arguments[:1] == ["starttls"]:
        certificate, key, name, password = arguments[1:]
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

        def knows(server, session, envelope, mechanism, data):
            known = (data.login.decode(), data.password.decode()) == (name, password)
            return AuthResult(success=known, handled=False)

        kept = {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": knows,
            "auth_required": True,
        }
    sink = Sink(busy)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, **kept), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve(sys.argv[1:]))
