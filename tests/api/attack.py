"""Tries the whole served interface with schemathesis, one request leading to the next, on the made-up company's books.

`python -m tests.api.attack --seconds 600` runs that long (`make attack`): somebody who holds every role, with a second
factor, asks over HTTP; nothing may break, every answer is as described, and the books are sound afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pyotp
from sqlalchemy import update

from o2c_ai.api.security import digest_of, new_second_factor, new_token
from o2c_ai.core.access.actions import begin_second_factor, take_code
from o2c_ai.core.database import Store
from o2c_ai.core.ledger.queries import get_company
from o2c_ai.core.migrations import upgrade
from o2c_ai.core.money import Money
from o2c_ai.core.payments.queries import last_booking
from o2c_ai.core.people.actions import create_user, issue_token
from o2c_ai.core.people.queries import get_actor
from o2c_ai.core.people.rules import Role
from o2c_ai.core.people.tables import Token
from o2c_ai.core.receivables.queries import page_open_items
from o2c_ai.core.verification.queries import verified
from o2c_ai.core.write_offs.actions import request_write_off
from o2c_ai.demo.company import run as run_demo
from o2c_ai.demo.people import COMPANY_CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

ROUND_SECONDS = 150
"""How long one copy of the books is tried: closed periods and cleared items leave less and less to do."""
PHASES = ("stateful", "examples,coverage,fuzzing")
"""What schemathesis does in each round in turn: one request leading to the next, and each for itself."""
READY_SECONDS = 60
FAR_TOKEN = 2**52 + 7
"""The number of the token in use, so that no guess revokes it."""
REQUESTS = 300
"""Requests to decide on, from somebody else."""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "missing_required_header",
    "negative_data_rejection",
    "ignored_auth",
)
SLOW = ("/v1/learners/{learner}/comparison", "/v1/learners/{learner}/promotions", "/v1/jobs/{job}/runs")
"""Replay or score everything known, for seconds."""
KEPT_IN = """
[[operations]]
include-path = "/v1/me/tokens/{token_id}"
phases.stateful.enabled = false
"""
"""Whoever lists their tokens and revokes each is out: that is left to tests/api/test_access.py."""
O2C = (sys.executable, "-c", "from o2c_ai.cli import main; main()")
SCHEMATHESIS = (sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()")


@dataclass
class Found:
    """What a run did and what it found."""

    statuses: Counter[str] = field(default_factory=Counter)
    """Answers by status."""
    operations: dict[str, Counter[str]] = field(default_factory=dict)
    """Route → its answers by status."""
    failures: list[str] = field(default_factory=list)
    """What schemathesis said, and each broken law of the books."""

    def heard(self, line: str) -> None:
        """Count a line of the service's log."""
        said = json.loads(line)
        if "error" in said:
            self.failures.append(line)
            return
        status = str(said["status"])
        self.statuses[status] += 1
        self.operations.setdefault(f"{said['method']} {said['route']}", Counter())[status] += 1


@dataclass(frozen=True)
class Target:
    """Books to be tried and the token of somebody who may do everything."""

    database: Path
    token: str
    today: str


def seeded(folder: Path) -> Target:
    """The made-up company with somebody who may do everything, and requests that wait for a second person."""
    database, token = folder / "o2c.sqlite", new_token()
    store = Store(f"sqlite:///{database}")
    upgrade(store)
    run_demo(store, folder / "exchange")
    with store.session() as session:
        company_id = get_company(session, COMPANY_CODE).company_id
        today = last_booking(session, company_id)
        assert today is not None
        now = datetime.now(UTC)
        admin, clerk = (get_actor(session, company_id, name, now) for name in ("ada", "clara"))
        everything = create_user(session, admin, name="everything", roles=list(Role))
        _two_factors(session, everything, token)
        for item in page_open_items(session, company_id, today, limit=REQUESTS)[0]:
            amount = Money(item.left_minor, item.currency)
            request_write_off(session, clerk, open_item_id=item.id, amount=amount, reason="old", on=today)
        session.commit()
    store.dispose()
    return Target(database, token, today.isoformat())


def _two_factors(session: Session, actor: Actor, token: str) -> None:
    secret = new_second_factor()
    begin_second_factor(session, actor, secret=secret)
    take_code(session, actor, code=pyotp.TOTP(secret).at(actor.recorded_at))
    until = actor.recorded_at.replace(year=2999)
    number = issue_token(session, actor, digest=digest_of(token), expires_at=until, label="attack")
    session.execute(update(Token).where(Token.id == number).values(id=FAR_TOKEN))


@contextmanager
def serving(target: Target, folder: Path) -> Iterator[tuple[str, Path]]:
    """The service on a copy of the books in a folder; gives its address and the file it logs to."""
    shutil.copy(target.database, folder / "o2c.sqlite")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("O2C_")}
    ours |= {"O2C_DATA_DIR": str(folder), "O2C_TODAY": target.today, "O2C_COMPANY": COMPANY_CODE}
    log, address = folder / "requests.log", f"http://127.0.0.1:{port}"
    command = [*O2C, "serve", "--port", str(port)]
    with log.open("w") as err, subprocess.Popen(command, env=ours, stdout=subprocess.DEVNULL, stderr=err) as service:
        try:
            _wait_for(f"{address}/health")
            yield address, log
        finally:
            service.terminate()


def _wait_for(address: str) -> None:
    for _ in range(READY_SECONDS * 10):
        try:
            with urlopen(address, timeout=1):  # noqa: S310 - on this machine
                return
        except OSError:  # nobody there yet, or too busy to answer in time
            time.sleep(0.1)
    raise TimeoutError(address)


def described(address: str, folder: Path) -> Path:
    """The interface's own description in a file, its links leading from any row of a page and not from the first."""
    with urlopen(f"{address}/v1/openapi.json", timeout=READY_SECONDS) as answer:  # noqa: S310 - on this machine
        description = json.load(answer)
    for operations in description["paths"].values():
        for response in (one for operation in operations.values() for one in operation["responses"].values()):
            for link in response.get("links", {}).values():
                if "requestBody" not in link:  # whose parts have to come from one row
                    taken = json.dumps(link["parameters"]).replace("#/rows/0/", "#/rows/*/")
                    link |= {"parameters": json.loads(taken), "x-schemathesis": {"is_inferred": True}}
    file = folder / "openapi.json"
    file.write_text(json.dumps(description), encoding="utf-8")
    return file


def attack(target: Target, folder: Path, *, seconds: int, seed: int, phases: str) -> Found:
    """Try one copy of the books for so many seconds."""
    found = Found()
    with serving(target, folder) as (address, log):
        (folder / "schemathesis.toml").write_text(KEPT_IN, encoding="utf-8")
        command = [*SCHEMATHESIS, "run", str(described(address, folder)), "--url", address, "--phases", phases]
        command += ["-H", f"Authorization: Bearer {target.token}", "--checks", ",".join(CHECKS), "--max-time"]
        command += [str(seconds), "--seed", str(seed), "--continue-on-failure", "--no-shrink", "--no-color"]
        command += [word for path in SLOW for word in ("--exclude-path", path)]
        command += ["--generation-database", "none", "--warnings", "off", "--suppress-health-check", "all"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    (folder / "schemathesis.txt").write_text(run.stdout + run.stderr, encoding="utf-8")
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            found.heard(line)
    found.failures += _said(run.stdout) if run.returncode == 1 else [run.stderr] if run.returncode else []
    found.failures += broken_laws(folder / "o2c.sqlite")
    return found


def _said(report: str) -> list[str]:
    """The failures of schemathesis' report, each with what repeats it."""
    told = report.partition("FAILURES")[2] or report
    return [part.strip() for part in re.split(r"^_{3,} .* _{3,}$", told, flags=re.MULTILINE)[1:]] or [told]


def broken_laws(database: Path) -> list[str]:
    """Every law of the books that does not hold any more."""
    store = Store(f"sqlite:///{database}")
    with store.reading() as session:
        findings: list[Any] = list(verified(session, get_company(session, COMPANY_CODE).company_id).findings)
    store.dispose()
    return [str(finding) for finding in findings]


def attacked(folder: Path, *, seconds: int, seed: int) -> Found:
    """Try fresh copies of the books, one after the other, until the time is over; the same seed asks the same."""
    target, found = seeded(folder), Found()
    until, round_ = time.monotonic() + seconds, 0
    while (left := round(until - time.monotonic())) > 0:
        place = folder / f"round {round_}"
        place.mkdir()
        phases = PHASES[round_ % len(PHASES)]
        part = attack(target, place, seconds=min(left, ROUND_SECONDS), seed=seed + round_, phases=phases)
        found.statuses += part.statuses
        found.failures += part.failures
        for route, statuses in part.operations.items():
            found.operations[route] = found.operations.get(route, Counter()) + statuses
        round_ += 1
    return found


def main() -> int:
    """Run as long as asked; gives 1 where something was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=600)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--keep", type=Path, help="folder for logs and reports; left out, they go")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found = attacked(folder, seconds=given.seconds, seed=given.seed)
    told = [f"{route:60} {dict(sorted(statuses.items()))}" for route, statuses in sorted(found.operations.items())]
    told += found.failures
    told += [f"{found.statuses.total()} requests: {dict(sorted(found.statuses.items()))}"]
    sys.stdout.write("\n".join([*told, f"{len(found.failures)} failures", ""]))
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
