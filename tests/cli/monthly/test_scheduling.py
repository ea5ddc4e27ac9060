"""The schedules are what each scheduler takes: systemd's own check, the schema of the Task Scheduler, YAML as it is read."""

import os
import shutil
import subprocess
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
import yaml
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from saksflyt.cli.monthly import scheduling
from saksflyt.cli.monthly.project import Project
from saksflyt.cli.monthly.scheduling import KINDS, Job, program, texts
from saksflyt.mining.errors import UsageError

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PLACE = "Nav 100 % 'Nordhåmn' $HOME"


@pytest.fixture(autouse=True)
def program_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = tmp_path / "bin $X" / "saksflyt"
    there.parent.mkdir()
    there.write_text("#!/bin/sh\nexit 0\n")
    there.chmod(0o755)
    monkeypatch.setattr(scheduling, "program", lambda: [str(there)])


def job_in(folder: Path, **more: object) -> Job:
    folder.mkdir(exist_ok=True)
    project = Project(
        folder, f'{folder.name} "x"\\', ("exports/*",), "flow.toml", history=folder / "history", zone="Europe/Oslo"
    )
    given = {"profile": None, "image": "registry/saksflyt:1", "secrets": ("SMTP_PASSWORD",), **more}
    key = given.pop("key", None)
    project = Project(**{**vars(project), "key": key})  # type: ignore[arg-type]
    return Job(project, time(6, 5), NOW, **given)  # type: ignore[arg-type]


def only(kind: str, job: Job) -> str:
    (text,) = texts(kind, job).values()
    return text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    units = texts("systemd", job_in(tmp_path / PLACE))
    for name, text in units.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--user", *(str(tmp_path / name) for name in units)]
    found = subprocess.run(command, capture_output=True, text=True, env={"XDG_RUNTIME_DIR": str(tmp_path)}, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_systemd_makes_up_for_what_was_missed_and_writes_only_the_history(tmp_path: Path) -> None:
    job = job_in(tmp_path / "nordhamn", profile="natt")
    service, timer = texts("systemd", job).values()
    assert "OnCalendar=*-*-* 06:05:00 Europe/Oslo" in timer and "Persistent=true" in timer
    assert f'ReadWritePaths="-{tmp_path}/nordhamn/history"' in service and "SuccessExitStatus=1 5" in service
    assert f'"check" "{tmp_path}/nordhamn" "--profile=natt"\n' in service
    assert f"EnvironmentFile=-%E/saksflyt/{job.name}.env" in service
    assert "EnvironmentFile" not in next(iter(texts("systemd", job_in(tmp_path / "nordhamn", secrets=())).values()))


@pytest.mark.skipif(os.name == "nt", reason="there is no cron")
def test_cron_speaks_up_only_when_the_job_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line as cron gives it to the shell, with a program that ends as it is told."""
    fake = tmp_path / "fake"
    fake.write_text('#!/bin/sh\necho "checked $2 with $WORD"\nexit "$CODE"\n')
    fake.chmod(0o755)
    monkeypatch.setattr(scheduling, "program", lambda: [str(fake)])
    job = job_in(tmp_path / PLACE)
    secret = tmp_path / ".config" / "saksflyt" / f"{job.name}.env"
    secret.parent.mkdir(parents=True)
    secret.write_text('WORD="a secret"\n')
    daily, at_start = [line for line in only("cron", job).splitlines() if not line.startswith("#")]
    assert daily.startswith("5 6 * * * ") and at_start.removeprefix("@reboot ") == daily.removeprefix("5 6 * * * ")
    line = at_start.removeprefix("@reboot ").replace("\\%", "%")
    for code in range(7):
        environment = {"CODE": str(code), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        said = subprocess.run(
            ["/bin/sh", "-c", line], capture_output=True, text=True, env=environment, check=False
        ).stdout
        assert said == ("" if code in (0, 1, 5) else f"checked {job.folder} with a secret\n")


def test_the_task_is_one_that_windows_takes(tmp_path: Path) -> None:
    job = job_in(tmp_path / "Nav Nordhåmn & <Sør>")
    text = only("windows", job)
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("task.rng")))
    for content in (text.encode("utf-8"), text.encode("utf-16"), text.encode("cp1252")):
        task = etree.fromstring(content)
        schema.assertValid(task)
        assert task.findtext(f".//{TASK}Arguments") == f'check "{job.folder}"'
    assert task.findtext(f".//{TASK}Command") == f'"{program_of(job)}"'
    assert task.findtext(f".//{TASK}StartBoundary") == "2026-11-30T06:05:00"
    said = {name: task.findtext(f".//{TASK}{name}") for name in ("StartWhenAvailable", "MultipleInstancesPolicy")}
    assert said == {"StartWhenAvailable": "true", "MultipleInstancesPolicy": "IgnoreNew"}
    assert f'schtasks /Create /TN "Saksflyt\\{job.name}" /XML' in text and "SMTP_PASSWORD" in text


def program_of(job: Job) -> str:
    return job.command[0]


def test_the_workflow_keeps_its_history(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    said = yaml.safe_load(only("github", job_in(tmp_path / PLACE)))
    assert said[True] == {"schedule": [{"cron": "5 5 * * *"}], "workflow_dispatch": None}
    assert said["concurrency"] == {"group": "saksflyt-nav-100-nordhamn-home", "cancel-in-progress": False}
    check = said["jobs"]["check"]
    assert check["container"] == "registry/saksflyt:1" and check["runs-on"] == "self-hosted"
    _, history, run, keep = check["steps"]
    assert history["with"] == {"ref": "saksflyt-nav-100-nordhamn-home-history", "path": f"{PLACE}/history"}
    assert run["env"] == {"SMTP_PASSWORD": "${{ secrets.SMTP_PASSWORD }}"}
    assert keep["if"] == "always()" and keep["working-directory"] == f"{PLACE}/history"


@pytest.mark.skipif(os.name == "nt", reason="the runner's shell is a POSIX one")
@pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 0), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)])
def test_in_the_workflow_a_finding_is_a_warning(tmp_path: Path, code: int, ends: int) -> None:
    (tmp_path / "saksflyt").write_text(f"#!/bin/sh\nexit {code}\n")
    (tmp_path / "saksflyt").chmod(0o755)
    run = yaml.safe_load(only("github", job_in(tmp_path / PLACE)))["jobs"]["check"]["steps"][2]["run"]
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["/bin/sh", "-ec", run], capture_output=True, text=True, env={"PATH": path}, check=False)
    assert done.returncode == ends and ("::warning::" in done.stdout) is (code == 1)


def test_the_pipeline_keeps_its_history(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (job,) = yaml.safe_load(only("gitlab", job_in(tmp_path / PLACE, profile="natt"))).values()
    assert job["script"] == ["saksflyt check 'Nav 100 % '\"'\"'Nordhåmn'\"'\"' $HOME' --profile=natt"]
    assert job["allow_failure"] == {"exit_codes": [1, 5]} and job["resource_group"] == "saksflyt-nav-100-nordhamn-home"
    assert job["cache"]["paths"] == job["artifacts"]["paths"] == [f"{PLACE}/history"]
    assert job["cache"]["when"] == job["artifacts"]["when"] == "always"


@pytest.mark.parametrize("key", [None, Path("key")])
def test_kubernetes_runs_one_at_a_time_with_little_power(tmp_path: Path, key: Path | None) -> None:
    claim, cron = yaml.safe_load_all(only("kubernetes", job_in(tmp_path / PLACE, key=key, profile="$(X)")))
    spec = cron["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("5 6 * * *", "Europe/Oslo", "Forbid")
    assert spec["startingDeadlineSeconds"] > 3600
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["restartPolicy"] == "Never"
    (check,) = pod["containers"]
    assert check["command"] == ["saksflyt", "check", "/project", "--profile=$$(X)", "--fail-on=never"]
    for each in (check, *pod.get("initContainers", [])):
        assert each["securityContext"]["readOnlyRootFilesystem"] and each["securityContext"]["capabilities"] == {
            "drop": ["ALL"]
        }
        assert each["image"] == "registry/saksflyt:1"
    variables = {each["name"]: each for each in check["env"]}
    assert variables["SMTP_PASSWORD"]["valueFrom"] == {
        "secretKeyRef": {"name": claim["metadata"]["name"], "key": "SMTP_PASSWORD"}
    }
    assert ("SAKSFLYT_KEY_FILE" in variables) is (key is not None)
    volumes = {each["name"] for each in pod["volumes"]}
    assert {each["name"] for each in check["volumeMounts"]} <= volumes
    assert volumes == {"project", "tmp"} | ({"secret", "key"} if key else set())


def test_without_an_image_kubernetes_has_nothing_to_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--image"):
        texts("kubernetes", job_in(tmp_path / PLACE, image=None))


def test_names_tell_folders_apart_and_stand_everywhere(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    same = [job_in(tmp_path / place / "Nav Nordhåmn – avdeling for økonomisk sosialhjelp 字") for place in "ab"]
    assert same[0].name != same[1].name and same[0].short_name == same[1].short_name
    assert (
        same[0].name
        == job_in(tmp_path / "a" / ".." / "a" / "Nav Nordhåmn – avdeling for økonomisk sosialhjelp 字").name
    )
    assert same[0].name != job_in(same[0].folder, profile="natt").name
    for job in (*same, job_in(tmp_path / "字")):
        assert job.name.isascii() and len(job.name) <= 52 and "--" not in job.name


def test_a_history_outside_the_repository_is_refused_where_it_cannot_be_kept(tmp_path: Path) -> None:
    job = job_in(tmp_path / PLACE)
    outside = Job(Project(**{**vars(job.project), "history": tmp_path / "history"}), job.at, NOW)
    for kind in ("github", "gitlab", "kubernetes"):
        with pytest.raises(UsageError, match="lies outside"):
            texts(kind, outside)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_question_has_the_same_answer(tmp_path: Path, kind: str) -> None:
    job = job_in(tmp_path / PLACE)
    for text in texts(kind, job).values():
        assert text.endswith("\n") and not text.endswith("\n\n") and "{{" not in text.replace("${{", "")
    assert texts(kind, job) == texts(kind, job)


def test_the_program_is_named_with_its_whole_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path(program()[0]).is_absolute() and Path(program()[0]).stem == "saksflyt"
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert program()[1:] == ["-m", "saksflyt"]
