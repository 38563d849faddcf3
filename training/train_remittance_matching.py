"""Trains what says which items money pays with settings of one's own, and registers it as `o2c train` does.

    python -m training.train_remittance_matching --as-of 2026-07-31 --config training/remittance_matching.toml

The first version that beats the rules serves at once; a later one waits for another person's `o2c models promote`.
"""

from __future__ import annotations

from o2c_ai.cli.door import AsOf, Company, User, open_door
from o2c_ai.cli.versions import policy_of, tell
from o2c_ai.jobs.train import learn_matching, register_matching
from o2c_ai.jobs.versions import MATCHING
from training.configs import matching_seed
from training.program import ConfigFile, run, said_if_known


def main(as_of: AsOf, config: ConfigFile = None, company: Company = None, user: User = None) -> None:
    """Train remittance matching on what was known on a day, and register it."""
    seed, door = matching_seed(config), open_door(company, user, as_json=False)
    registry, day = door.versions(MATCHING), as_of.date()
    known = registry.versions()
    with door.progress("Training") as progress:
        with door.reading() as (session, company_id):
            learnt = learn_matching(
                session, company_id, as_of=day, policy=policy_of(door), seed=seed, progress=progress
            )
        with door.acting() as (session, actor):
            facts = register_matching(session, actor, as_of=day, learnt=learnt, registry=registry)
    door.say(f"Trained as of {day}.", said_if_known(facts, known), tell(door, [MATCHING]))


if __name__ == "__main__":
    run(main)
