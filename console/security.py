"""Protects the console: only this machine, only its own pages, a token for each change, and a strict content policy.

Every local program can open a port of 127.0.0.1, and every site in the browser can send requests to it. So the console
checks the Host header (DNS rebinding), the Origin header, and a token in each form
(cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html).
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, request

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of every page: nothing from elsewhere, no inline script or style."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Not no-referrer: browsers would then send "Origin: null" with the console's own forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def protect(app: Flask, port: int) -> str:
    """Check every request of ``app``, add headers to every response, and return the token for changes."""
    token = secrets.token_urlsafe(32)
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    def check() -> None:
        host = request.headers.get("Host", "")
        if host not in hosts:
            abort(403, f"Host {host!r:.80}: expected 127.0.0.1:{port}. Open the address that the command printed.")
        if request.method in ("GET", "HEAD"):
            return
        origin = request.headers.get("Origin", "")
        if origin != f"http://{host}":
            abort(403, f"Origin {origin!r:.80}: expected http://{host}. Only the console's pages may change things.")
        if not secrets.compare_digest(request.form.get("token", "").encode(), token.encode()):
            abort(403, "The token of the form is missing or old. Load the page again.")

    def add_headers(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    app.before_request(check)
    app.after_request(add_headers)
    return token
