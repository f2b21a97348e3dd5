"""A real SMTP server (Debian's aiosmtpd) on a port of the system's choice. Prints the port, then each
mail as one line of JSON, as Python's own e-mail parser reads it. later@ is answered 451, never@ 550. The first
mail to mute@ is taken without a word: the line ends there. --auth wants a password,
--tls CERT KEY offers STARTTLS and takes no mail without it, --port P takes that port."""
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def option(name, count=1):
    at = sys.argv.index(name) + 1 if name in sys.argv else None
    return sys.argv[at:at + count] if at else None


class Handler:
    def __init__(self):
        self.muted = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('later@'):
            return '451 try again later'
        if address.startswith('never@'):
            return '550 no such mailbox'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({
            'envelope_from': envelope.mail_from,
            'envelope_to': envelope.rcpt_tos,
            'user': session.auth_data.login.decode() if session.authenticated else None,
            'from': str(mail['from']),
            'to': str(mail['to']),
            'subject': str(mail['subject']),
            'id': str(mail['message-id']),
            'date': str(mail['date']),
            'body': mail.get_content(),
            'ascii': all(byte < 128 for byte in envelope.content),
            'longest_line': max(len(line) for line in envelope.content.split(b'\r\n')),
            'off': str(mail['list-unsubscribe']),
            'off_post': str(mail['list-unsubscribe-post']),
            'type': mail.get_content_type() + ' ' + str(mail.get_content_charset()),
            'raw_subject': next(line for line in envelope.content.decode('ascii').split('\r\n') if line.startswith('Subject:')),
            'tls': session.ssl is not None,
            'defects': [str(defect) for defect in mail.defects],
        }), flush=True)
        first = str(mail['to']).strip('<>')
        if first.startswith('mute@') and first not in self.muted:
            self.muted.add(first)
            server.transport.abort()
        return '250 Message accepted for delivery'


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b'machiai' and data.password == b'kumo-tsuki'
    return AuthResult(success=good, auth_data=data)


async def main():
    loop = asyncio.get_running_loop()
    handler = Handler()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if option('--tls') else None
    if tls:
        tls.load_cert_chain(*option('--tls', 2))
    server = await loop.create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=False, authenticator=authenticate, auth_require_tls=tls is not None,
                     auth_required='--auth' in sys.argv, tls_context=tls, require_starttls=tls is not None),
        '127.0.0.1', int((option('--port') or ['0'])[0]))
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # until whoever started this ends it
    server.close()


asyncio.run(main())
