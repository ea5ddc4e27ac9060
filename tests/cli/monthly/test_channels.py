"""Who is told: the tables [[notify]], strictly; secrets named and never written, nor repeated in an error."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from saksflyt.cli.monthly.beginning import project_text
from saksflyt.cli.monthly.channels import Channel
from saksflyt.cli.monthly.project import Project, read_project
from saksflyt.cli.monthly.secret import filled, masked, secret
from saksflyt.mining.errors import UsageError
from saksflyt.mining.flow import Flow

TOP = 'name = "N"\nflow = "sosialhjelp"\npages = "https://intranett.example/flyt/"\nsource.files = ["a.csv"]\n'


def project(folder: Path, text: str, **how) -> Project:
    (folder / "saksflyt.toml").write_text(TOP + text, encoding="utf-8")
    return read_project(folder, **how)


def address(folder: Path, to: str) -> Project:
    return project(folder, f"[[notify]]\nname = 'a'\nto = '{to}'\n")


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    text = """
[[notify]]
name = "mail"
to = "mailtos://user:${PASS_WORD}@smtp.example.no:465?from=a@x.no&to=b@x.no,c@x.no"
when = "high"
[[notify]]
name = "hook"
command = ["./send", "-v", "-v"]
environment = ["TOKEN"]
[profiles.quiet]
notify = []
"""
    found = project(tmp_path, text)
    mail, hook = found.notify
    assert (mail.name, mail.when, mail.command) == ("mail", "high", ()) and mail.to.startswith("mailtos://user:${PASS")
    assert hook == Channel("hook", "", ("./send", "-v", "-v"), ("TOKEN",), "always")
    assert found.pages == "https://intranett.example/flyt/" and not found.silent
    assert project(tmp_path, text, profile="quiet").notify == ()
    assert project(tmp_path, text, environment={"SAKSFLYT_NOTIFY": "off"}).silent
    with pytest.raises(UsageError, match="SAKSFLYT_NOTIFY"):
        project(tmp_path, text, environment={"SAKSFLYT_NOTIFY": "of"})


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name = 'a'", "either 'to' or 'command'"),
        ("name = 'a'\nto = '${A}'\ncommand = ['b']", "either 'to' or 'command'"),
        ("to = '${A}'", "lacks 'name'"),
        ("name = 'a'\nto = '${A}'\nwhen = 'hihg'", "unknown when 'hihg'"),
        ("name = 'a'\nto = '${A}'\nenvironment = ['B']", "goes with 'command'"),
        ("name = 'a'\ncommand = ['b']\nenvironment = ['B=1']", "names of variables"),
        ("name = 'a'\ncommand = 'rm -rf'", "list of words as 'command'"),
        ("name = 'a'\ncommand = ['curl', '${TOKEN}']", "other users of the machine can see it"),
        ("name = 'a'\nto = 'leder@example.no'", "an address as 'to'"),
        ("name = 'a'\nto = '${A}'\nwho = 1", "unknown key 'who'"),
        ("name = 'a'\nto = '${A}'\n[[notify]]\nname = 'a'\nto = '${B}'", "Two [[notify]]"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_line(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        project(tmp_path, f"[[notify]]\n{table}\n")
    assert said in str(raised.value) and "saksflyt.toml, line" in str(raised.value)


@pytest.mark.parametrize(
    "to",
    [
        "mailtos://user:Hem.melig9@smtp.example.no?to=a@x.no",
        "mailtos://user:Hem/melig9@smtp.example.no?to=a@x.no",
        "mailtos://user:${A}Hemmelig9@smtp.example.no",
        "mailtos://smtp.example.no?user=a&pass=Hemmelig9",
        "jsons://example.no/hook?+Authorization=Hemmelig9",
        "jsons://example.no/T0Hemmelig9B00000X",
        "slack://Hemmelig9",
        "https://hooks.slack.com/services/Hemmelig9",
        "msteams://${A}/a1b2c3d4e5f6Hemmelig9/x",
    ],
)
def test_a_secret_in_plain_text_is_refused_and_not_repeated(tmp_path: Path, to: str) -> None:
    with pytest.raises(UsageError) as raised:
        address(tmp_path, to)
    assert "secret in plain text in 'to'; write ${NAME}" in str(raised.value)
    assert not any(part in str(raised.value) for part in ("emmelig", "melig9", "Hem"))


@pytest.mark.parametrize(
    "to",
    [
        "mailto://localhost:25/leder@example.no?from=saksflyt@example.no&format=text",
        "mailtos://user:${A}@smtp.example.no?from=a@x.no&to=en-lang-postmottak@avdeling-for-velferd.example.no",
        "jsons://example.no:8443/mottak-for-meldinger",
        "slack://${A}/${B}/${C}/#kanal",
        "${TEAMS_ADDRESS}",
    ],
)
def test_what_is_no_secret_may_stand_there(tmp_path: Path, to: str) -> None:
    assert address(tmp_path, to).notify[0].to == to


def test_a_secret_comes_from_the_environment_else_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    kept = {("saksflyt", "IN_RING"): "ring"}
    errors.KeyringError = OSError  # type: ignore[attr-defined]

    def get(service: str, name: str) -> str | None:
        if name == "LOCKED":
            raise OSError("no keyring here")
        return kept.get((service, name))

    keyring.get_password = get  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    monkeypatch.setenv("IN_BOTH", "environment")
    kept["saksflyt", "IN_BOTH"] = "ring"
    assert (secret("IN_BOTH"), secret("IN_RING")) == ("environment", "ring")
    for name in ("NOWHERE", "LOCKED"):
        with pytest.raises(UsageError, match=f"The secret {name} is neither"):
            secret(name)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match="The secret IN_RING is neither"):
        secret("IN_RING")


def test_secrets_are_put_in_their_places_and_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASS", "p@ss/w:rd")
    monkeypatch.setenv("WHOLE", "https://teams.example/hook/Tok3nAbcdef?sig=Sig%2Fnature\n")
    to, secrets = filled("mailto://u:${PASS}@host?to=a@x.no")
    assert to == "mailto://u:p%40ss%2Fw%3Ard@host?to=a@x.no"
    assert masked("refused p@ss/w:rd, p%40ss%2Fw%3Ard", secrets) == "refused ***, ***"
    to, secrets = filled("${WHOLE}")
    assert to == "https://teams.example/hook/Tok3nAbcdef?sig=Sig%2Fnature"
    said = masked(f"POST {to} failed; Tok3nAbcdef at teams.example/hook", secrets)
    assert said == "POST *** failed; *** at ***/hook"


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_what_init_writes_can_be_used_without_its_marks(tmp_path: Path, lang: str) -> None:
    text = project_text("N", lang, ["a.csv"], "sosialhjelp", None, Flow.read("sosialhjelp"), None)
    (tmp_path / "saksflyt.toml").write_text(text, encoding="utf-8")
    assert read_project(tmp_path).notify == ()
    begins = text.index("# [[notify]]")
    used = text[:begins] + text[begins:].replace("\n# ", "\n").removeprefix("# ")
    (tmp_path / "saksflyt.toml").write_text(used, encoding="utf-8")
    (channel,) = read_project(tmp_path).notify
    assert channel.to.startswith("mailtos://saksflyt:${SMTP_PASS") and channel.when == "warn"
