"""Items are found under their keys, whether a key leads to one item or to many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.models.remittance_matching.filing import Filing

acts = st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.integers(0, 4)), max_size=40)


@given(acts=acts)
def test_what_is_filed_is_what_was_added_and_not_removed_since(acts: list[tuple[bool, int, int]]) -> None:
    filing: Filing[int] = Filing()
    expected: dict[int, dict[int, None]] = {}
    for adds, key, item in acts:
        if adds:
            filing.add(key, item)
            expected.setdefault(key, {})[item] = None
        else:
            filing.remove(key, item)
            expected.get(key, {}).pop(item, None)

    assert {key: list(filing.get(key)) for key in range(3)} == {key: list(expected.get(key, ())) for key in range(3)}
