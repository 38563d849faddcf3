"""Trains what foresees payment days with settings of one's own, and registers it as `o2c train` does.

    python -m training.train_payment_timing --as-of 2026-07-31 --config training/payment_timing.toml

The first version that beats the rules serves at once; a later one waits for another person's `o2c models promote`.
"""

from __future__ import annotations

from o2c_ai.cli.door import AsOf, Company, User, open_door
from o2c_ai.cli.versions import tell
from o2c_ai.jobs.train_timing import learn_timing, register_timing
from o2c_ai.jobs.versions import TIMING
from training.configs import timing_config
from training.program import ConfigFile, run, said_if_known


def main(as_of: AsOf, config: ConfigFile = None, company: Company = None, user: User = None) -> None:
    """Train payment timing on what was known on a day, and register it."""
    asked, door = timing_config(config), open_door(company, user, as_json=False)
    registry, day = door.versions(TIMING), as_of.date()
    known = registry.versions()
    with door.progress("Training") as progress:
        with door.reading() as (session, company_id):
            learnt = learn_timing(session, company_id, as_of=day, config=asked, progress=progress)
        with door.acting() as (session, actor):
            facts = register_timing(session, actor, as_of=day, learnt=learnt, registry=registry)
    door.say(f"Trained as of {day}.", said_if_known(facts, known), tell(door, [TIMING]))


if __name__ == "__main__":
    run(main)
