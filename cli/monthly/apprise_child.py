"""One message to one address, in a process of its own: JSON on stdin, and the reason on stderr when it cannot be delivered."""

from __future__ import annotations

import json
import logging
import sys

_KINDS = {"high": "failure", "warn": "warning"}


def send(said: dict) -> str:
    """Deliver a message; "" when that went well, else the reason. said : with ``to``, the address"""
    import apprise

    logging.getLogger("apprise").propagate = False
    # No pictures: a client would fetch them from somebody else's server.
    asset = apprise.AppriseAsset(
        app_id="Saksflyt", app_desc="Saksflyt", app_url="", image_url_mask="", image_url_logo=""
    )
    service = apprise.Apprise.instantiate(said["to"], asset=asset)
    if service is None:
        return "Apprise does not know an address of this form."
    headers = getattr(service, "headers", None)
    if isinstance(headers, dict):
        headers["X-Saksflyt-Id"] = said["id"]
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    kind = "warning" if said["kind"] == "refusal" else _KINDS.get(said.get("severity", ""), "info")
    done = sender.notify(title=said["subject"], body=said["body"], notify_type=kind, body_format="text")
    if done:
        return ""
    logs = [entry.message for entry in done.logs()]
    return " ".join(logs[-1].split()) if logs else "the service did not take it."


if __name__ == "__main__":
    said_ = json.load(sys.stdin)
    reason = send(said_)
    if reason:
        sys.stderr.write(reason)
        sys.exit(1)
