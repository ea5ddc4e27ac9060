"""Messages get out at least once, to a real mail server, a real web server and a program; whatever fails is tried again."""

import email
import email.policy
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pandas as pd
import pytest
from aiosmtpd.controller import Controller

from saksflyt.cli.monthly import notifying
from saksflyt.cli.monthly.history import REPLACED, SENT, WAITING, History, Recorded
from saksflyt.cli.monthly.notifying import deliver, settle, try_out
from saksflyt.cli.monthly.outbox import of_month, of_refusal
from saksflyt.cli.monthly.project import Project, read_project
from saksflyt.mining.errors import UsageError
from saksflyt.mining.judgement.fault import Fault
from saksflyt.mining.judgement.verdicts import FIGURES, JUDGED, Finding

NAN = float("nan")
SECRET = "Hemmelig9/Tok3n"
TOP = 'name = "Nav\\nNord"\nlanguage = "{lang}"\nflow = "f"\nsource.files = ["a.csv"]\n'
TO_FILE = '[[notify]]\nname = "fil"\ncommand = ["sh", "-c", "cat >> got.jsonl; echo >> got.jsonl"]\n'


def project(folder: Path, *tables: str, lang: str = "nb", **how) -> Project:
    (folder / "saksflyt.toml").write_text(TOP.format(lang=lang) + "\n".join(tables), encoding="utf-8")
    return read_project(folder, **how)


def judged(told: Project, month: str, severity: str = "high", revision: int = 1) -> None:
    """A month is recorded with a finding of that severity, and told of."""
    row = [month, "backlog.open_cases", "Nord", "", "measured", "lower", 40.0, 40, 40.0, NAN, NAN, NAN, False]
    figures = pd.DataFrame([[*row, "", "", "ok", False]], columns=[*FIGURES[:8], "plotted", *JUDGED])
    found = [Finding("limit:backlog.open_cases@Nord", "backlog.open_cases", "Nord", severity, 40.0)] if severity else []
    made = Recorded(month, revision, "c", "c", "i", "p", severity, f"{month}-r{revision}", "d")
    with History(told.history) as history:
        history.record(made, figures, found, {}, of_month(told, history, made, figures, found))


def refused(told: Project, month: str, kind: str, *lacking: str) -> None:
    with History(told.history) as history:
        history.post(of_refusal(told, history, month, [Fault(kind, "sentence")], lacking))


def delivered(told: Project) -> tuple[str, ...]:
    with History(told.history) as history:
        return deliver(told, history)


def states(told: Project) -> list[tuple[str, str]]:
    with History(told.history) as history:
        return [(each.month, each.state) for each in history.messages()]


def got(folder: Path) -> list[dict]:
    path = folder / "got.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


# The servers


@pytest.fixture
def mail() -> Iterator[tuple[int, list[EmailMessage]]]:
    """A mail server: its port, and what it got."""
    received: list[EmailMessage] = []

    class Keep:
        async def handle_DATA(self, server, session, envelope) -> str:
            received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Keep(), hostname="127.0.0.1", port=port)
    server.start()
    yield port, received
    server.stop()


@pytest.fixture
def web() -> Iterator[tuple[int, list, list[int]]]:
    """A web server: its port, what it got, and the statuses that it will answer with, 200 after them."""
    received: list = []
    statuses: list[int] = []

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.append((self.path, self.headers["X-Saksflyt-Id"], body))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on stderr."""

    server = HTTPServer(("127.0.0.1", 0), Keep)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_address[1], received, statuses
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("lang", "subject", "last"),
    [
        ("nb", "Nav Nord, mars 2026: ett funn, nye: 1", "Melding"),
        ("en", "Nav Nord, March 2026: one finding, new: 1", "Message"),
    ],
)
def test_a_mail_server_gets_the_message(tmp_path: Path, mail, lang: str, subject: str, last: str) -> None:
    port, received = mail
    to = f"mailto://127.0.0.1:{port}/?from=saksflyt@x.no&to=leder@x.no&mode=insecure"
    told = project(tmp_path, f'[[notify]]\nname = "mail"\nto = "{to}"\n', lang=lang)
    judged(told, "2026-03")
    assert delivered(told) == () and delivered(told) == () and states(told) == [("2026-03", SENT)]
    (message,) = received
    with History(told.history) as history:
        (kept,) = history.messages()
    assert message["Subject"] == subject and message["To"] == "leder@x.no" and message["Bcc"] is None
    assert message["X-Saksflyt-Id"] == kept.id
    lines = message.get_content().replace("\r", "").strip().split("\n")
    assert lines == [*json.loads(kept.said)["text"].split("\n"), "", f"{last} {kept.id}"]


def test_a_web_server_that_fails_gets_it_at_the_next_run_and_the_secret_is_nowhere(
    tmp_path: Path, web, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, received, statuses = web
    monkeypatch.setenv("HOOK", f"json://127.0.0.1:{port}/{SECRET}")
    told = project(tmp_path, '[[notify]]\nname = "teams"\nto = "${HOOK}"\n', TO_FILE)
    judged(told, "2026-03")
    statuses.append(500)
    (sentence,) = delivered(told)
    assert "'teams' was not delivered: " in sentence and "500" in sentence
    assert states(told) == [("2026-03", WAITING), ("2026-03", SENT)], "one channel that fails stops no other"
    assert delivered(told) == () == delivered(told)
    assert states(told) == [("2026-03", SENT), ("2026-03", SENT)] and len(got(tmp_path)) == 1
    (first, second) = received
    assert first == second and first[0] == f"/{SECRET}" and first[2]["type"] == "failure"
    assert first[2]["title"] == "Nav Nord, mars 2026: ett funn, nye: 1" and first[1] in first[2]["message"]
    for word in (SECRET, *SECRET.split("/")):
        assert word not in sentence
        assert not [each for each in tmp_path.rglob("*") if each.is_file() and word.encode() in each.read_bytes()]


@pytest.mark.slow
def test_a_server_that_says_nothing_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "PATIENCE", 4.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(0)
        to = f"mailto://127.0.0.1:{silent.getsockname()[1]}/?from=a@x.no&to=b@x.no"
        told = project(tmp_path, f'[[notify]]\nname = "a"\nto = "{to}"\n')
        judged(told, "2026-03")
        begun = time.monotonic()
        (sentence,) = delivered(told)
        silent.accept()[0].close()  # raises if nobody came
    assert "nothing came of it in 4 seconds" in sentence and time.monotonic() - begun < 12
    assert states(told) == [("2026-03", WAITING)]


def test_an_address_that_apprise_does_not_know(tmp_path: Path) -> None:
    (sentence,) = try_out(project(tmp_path, '[[notify]]\nname = "a"\nto = "telepati://${PATH}"\n'))
    assert sentence.endswith("Apprise does not know an address of this form.")


def test_without_apprise_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "find_spec", lambda name: None)
    addressed = '[[notify]]\nname = "a"\nto = "${A}"\n'
    with pytest.raises(UsageError, match=r"pip install 'saksflyt\[notify\]'"):
        settle(project(tmp_path, addressed))
    settle(project(tmp_path, addressed, environment={"SAKSFLYT_NOTIFY": "off"}))
    settle(project(tmp_path, TO_FILE))


# The program


def test_a_program_gets_json_and_only_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    monkeypatch.setenv("OTHER", "not for it")
    script = "import json, os, sys; open('got.jsonl', 'w').write(json.dumps([json.load(sys.stdin), dict(os.environ)]))"
    command = json.dumps([sys.executable, "-c", script])
    told = project(tmp_path, f'[[notify]]\nname = "prøve"\ncommand = {command}\nenvironment = ["TOKEN"]\n')
    judged(told, "2026-03")
    assert delivered(told) == ()
    ((message, environment),) = got(tmp_path)
    assert environment["TOKEN"] == SECRET and "OTHER" not in environment and "PATH" in environment
    assert message["counts"] == {"new": 1, "worse": 0, "still": 0, "better": 0, "gone": 0, "accepted": 0}
    assert (message["kind"], message["month"], message["severity"]) == ("verdict", "2026-03", "high")
    assert message["channel"] == "prøve" and message["page"] == "history/runs/2026-03-r1/index.html"
    assert set(message) == {
        *("id", "schema_version", "kind", "project", "month", "revision", "severity", "counts", "earlier", "page"),
        *("subject", "text", "channel"),
    }


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["sh", "-c", 'echo first >&2; echo "no $TOKEN\x1b[31m here" >&2; exit 3'], "no ***⟨001B⟩[31m here"),
        (["sh", "-c", "exit 3"], "the program ended with 3."),
        (["no-such-program"], "there is no program no-such-program."),
        (["./saksflyt.toml"], "cannot be run: "),
        (["sh", "-c", "sleep 60 & sleep 60"], "nothing came of it in 1 seconds."),
    ],
)
def test_a_program_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], said: str) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    monkeypatch.setattr(notifying, "PATIENCE", 1.0)
    told = project(tmp_path, f'[[notify]]\nname = "a"\ncommand = {json.dumps(command)}\nenvironment = ["TOKEN"]\n')
    judged(told, "2026-03")
    begun = time.monotonic()
    (sentence,) = delivered(told)
    assert said in sentence and SECRET not in sentence and time.monotonic() - begun < 10
    assert states(told) == [("2026-03", WAITING)]


def test_what_a_program_starts_and_leaves_running_does_not_hold_us_up(tmp_path: Path) -> None:
    told = project(tmp_path, '[[notify]]\nname = "a"\ncommand = ["sh", "-c", "sleep 5 & exit 0"]\n')
    begun = time.monotonic()
    assert try_out(told) == () and time.monotonic() - begun < 4


def test_a_program_of_the_folder(tmp_path: Path) -> None:
    program = tmp_path / "send"
    program.write_text("#!/bin/sh\ncat > got.jsonl\n", encoding="utf-8")
    program.chmod(0o755)
    told = project(tmp_path, '[[notify]]\nname = "a"\ncommand = ["./send"]\n')
    assert try_out(told) == ()
    (message,) = got(tmp_path)
    assert message["kind"] == "trial" and message["subject"] == "Nav Nord: prøve"
    assert not told.history.exists()


def test_a_secret_that_is_nowhere_fails_one_channel(tmp_path: Path) -> None:
    os.environ.pop("NOWHERE", None)
    told = project(tmp_path, '[[notify]]\nname = "a"\ncommand = ["sh"]\nenvironment = ["NOWHERE"]\n', TO_FILE)
    judged(told, "2026-03")
    (sentence,) = delivered(told)
    assert "'a' was not delivered: The secret NOWHERE is neither" in sentence and len(got(tmp_path)) == 1


# Which messages


def test_when_says_from_which_severity_on(tmp_path: Path) -> None:
    high = TO_FILE + 'when = "high"\n'
    told = project(
        tmp_path,
        high,
        high.replace('"fil"', '"warn"').replace('"high"', '"warn"'),
        high.replace('"fil"', '"all"').replace('"high"', '"always"'),
    )
    for month, severity in (("2026-01", ""), ("2026-02", "warn"), ("2026-03", "high")):
        judged(told, month, severity)
        assert delivered(told) == ()
    by_channel = [(each["channel"], each["month"]) for each in got(tmp_path)]
    assert by_channel == [
        *(("all", "2026-01"), ("warn", "2026-02"), ("all", "2026-02")),
        *(("fil", "2026-03"), ("warn", "2026-03"), ("all", "2026-03")),
    ]


def test_two_years_that_were_made_up_for_are_one_message(tmp_path: Path) -> None:
    told = project(tmp_path, TO_FILE)
    months = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
    for month in months:
        judged(told, month, "high" if month == "2024-07" else "warn")
    assert delivered(told) == ()
    (message,) = got(tmp_path)
    assert message["month"] == "2025-12" and message["earlier"] == [
        [month, "high" if month == "2024-07" else "warn"] for month in months[:-1]
    ]
    assert "Gjelder også januar 2024–november 2025. Måneder med alvorlige funn blant dem: 1." in message["text"]
    assert [state for _, state in states(told)] == [REPLACED] * 23 + [SENT]


def test_a_refusal_is_told_once_and_again_when_it_is_another_one(tmp_path: Path) -> None:
    told = project(tmp_path, TO_FILE + 'when = "high"\n')

    def days(*what: tuple[str, ...]) -> list[str]:
        for month, kind, *lacking in what:
            refused(told, month, kind, *lacking)
            assert delivered(told) == ()
        return [each["subject"].removeprefix("Nav Nord: ") for each in got(tmp_path)]

    first = "ingen dom for mars 2026"
    assert days(*[("2026-03", "stale", "2026-03")] * 3) == [first]
    assert days(("2026-03", "unit", "2026-03")) == [first, first]
    assert len(days(("2026-03", "unit", "2026-03", "2026-04"))) == 3, "another month has come to be due"
    judged(told, "2026-03", "")
    assert delivered(told) == () and got(tmp_path)[-1]["kind"] == "verdict", (
        "who was told of none is told of the verdict"
    )
    judged(told, "2026-04", "")
    assert delivered(told) == () and len(got(tmp_path)) == 4
    assert len(days(("2026-05", "unit", "2026-05"))) == 5
    assert len({each["id"] for each in got(tmp_path)}) == 5


def test_a_verdict_takes_the_place_of_a_refusal_that_waits_and_no_other_way(tmp_path: Path) -> None:
    told = project(tmp_path, TO_FILE)
    refused(told, "2026-03", "stale", "2026-03")
    judged(told, "2026-03")
    refused(told, "2026-04", "stale", "2026-04")
    assert states(told) == [("2026-03", REPLACED), ("2026-03", WAITING), ("2026-04", WAITING)]
    assert delivered(told) == () and [each["kind"] for each in got(tmp_path)] == ["verdict", "refusal"]


def test_a_revision_is_told_when_its_findings_are_others(tmp_path: Path) -> None:
    told = project(tmp_path, TO_FILE)
    for severity, revision in (("high", 1), ("high", 2), ("warn", 3), ("high", 4)):
        judged(told, "2026-03", severity, revision)
        assert delivered(told) == ()
    assert [each["revision"] for each in got(tmp_path)] == [1, 3, 4]
    assert "revisjon 3" in got(tmp_path)[1]["text"] and len({each["id"] for each in got(tmp_path)}) == 3


def test_silent_makes_and_sends_nothing(tmp_path: Path) -> None:
    told = project(tmp_path, TO_FILE)
    judged(told, "2026-03")
    off = project(tmp_path, TO_FILE, environment={"SAKSFLYT_NOTIFY": "off"})
    assert delivered(off) == ()
    judged(off, "2026-04")
    assert states(told) == [("2026-03", WAITING)] and got(tmp_path) == []


def test_the_same_history_gives_the_same_ids_and_the_page_its_address(tmp_path: Path) -> None:
    ids = set()
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        told = project(folder, f'pages = "https://flyt.example/"\n{TO_FILE}')
        judged(told, "2026-03")
        assert delivered(told) == ()
        (message,) = got(folder)
        ids.add(message["id"])
        assert message["page"] == "https://flyt.example/runs/2026-03-r1/index.html"
    assert len(ids) == 1
