"""Who pays for whom: groups, payment services, strangers of like names; and every habit dealt."""

from __future__ import annotations

from collections import Counter, defaultdict

from o2c_ai.demo.customers import found_families
from o2c_ai.demo.dice import stream
from o2c_ai.demo.facts import ReferenceStyle
from o2c_ai.demo.habits import HABITS, STYLES, HabitKind
from o2c_ai.demo.payers import HUB_NAME, form_payers
from o2c_ai.demo.world import World


def test_families_have_as_many_members_as_customers_were_asked_for() -> None:
    for count in (1, 2, 24, 25, 61, 300):
        families = found_families(stream(1, "families"), count)
        assert sum(len(family.members) for family in families) == count


def test_every_customer_has_exactly_one_payer(world: World) -> None:
    paid_for = Counter(customer.customer_id for payer in world.payers for customer in payer.customers)
    assert paid_for == Counter(customer.customer_id for customer in world.customers)
    assert set(paid_for.values()) == {1}


def test_every_habit_and_every_way_of_writing_is_dealt(world: World) -> None:
    assert {payer.habit.kind for payer in world.payers} == set(HABITS) == set(HabitKind)
    assert {payer.habit.style for payer in world.payers} == set(STYLES) == set(ReferenceStyle) - {ReferenceStyle.SLIP}


def test_some_parents_pay_for_their_group_and_some_groups_have_an_account_of_their_own(world: World) -> None:
    groups = [payer for payer in world.payers if len(payer.customers) > 1]
    assert any(payer.name == payer.customers[0].name for payer in groups)
    assert any("Finance Services" in payer.name for payer in groups)
    for payer in groups:
        assert {customer.parent_customer_id for customer in payer.customers[1:]} == {payer.customers[0].customer_id}


def test_a_payment_services_account_serves_customers_that_have_nothing_to_do_with_each_other(world: World) -> None:
    (account,) = {payer.account for payer in world.payers if payer.name == HUB_NAME}
    served = [payer for payer in world.payers if payer.account == account]
    assert len(served) > 2
    assert any(payer.name != HUB_NAME for payer in served)


def test_other_accounts_belong_to_one_payer(world: World) -> None:
    owners = defaultdict(set)
    for payer in world.payers:
        owners[payer.account].add(payer.payer_id)
    assert sum(len(several) > 1 for several in owners.values()) == 1


def test_strangers_may_have_names_that_differ_by_a_word(world: World) -> None:
    families = found_families(stream(world.seed, "customers"), len(world.customers))
    sisters = [family.members for family in families if len(family.members) == 2 and not family.is_group]
    assert sisters
    for one, other in sisters:
        assert other.parent_customer_id == ""
        assert other.name.split()[0] == one.name.split()[0]


def test_discount_takers_have_terms_with_a_discount(world: World) -> None:
    takers = [payer for payer in world.payers if payer.habit.kind is HabitKind.DISCOUNT_TAKER]
    assert takers
    assert all(customer.terms.discount_percent for payer in takers for customer in payer.customers)


def test_ranges_are_written_by_those_who_pay_once_a_month() -> None:
    payers = form_payers(stream(1, "payers"), found_families(stream(1, "customers"), 200))
    ranging = [payer for payer in payers if payer.habit.style is ReferenceStyle.RANGE]
    assert ranging
    assert {payer.habit.kind for payer in ranging} == {HabitKind.MONTHLY_RUN}
