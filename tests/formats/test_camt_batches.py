"""An entry that carries many payments becomes one line a payment where their amounts tie to it, else one line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.money import Money, format_minor
from tests.formats.camt_samples import detail, entry, lines_of


def minors(*entries: str) -> list[int]:
    return [line.amount.minor for line in lines_of(*entries)]


def test_a_batch_whose_details_tie_becomes_one_line_a_payment() -> None:
    first = detail(amount="60.00", debtor="A", remittance="<Ustrd>R-1</Ustrd>", end_to_end="E1")
    second = detail(amount="40.00", debtor="B", remittance="<Ustrd>R-2</Ustrd>", end_to_end="E2")

    found = lines_of(entry("100.00", first, second, extra="<AcctSvcrRef>BATCH</AcctSvcrRef>"))

    told = [(line.amount.minor, line.payer_name, line.narrative, line.end_to_end_id) for line in found]
    assert told == [(6000, "A", "R-1", "E1"), (4000, "B", "R-2", "E2")]
    assert [line.entry_reference for line in found] == ["BATCH/1", "BATCH/2"]


def test_details_of_several_blocks_are_numbered_through() -> None:
    one = detail(amount="1.00")
    batch = entry("3.00", one + "</NtryDtls><NtryDtls>" + one, one, extra="<AcctSvcrRef>B</AcctSvcrRef>")

    assert [line.entry_reference for line in lines_of(batch)] == ["B/1", "B/2", "B/3"]


def test_a_batch_without_a_reference_gives_lines_without_one() -> None:
    found = lines_of(entry("2.00", detail(amount="1.00"), detail(amount="1.00")))

    assert [line.entry_reference for line in found] == ["", ""]


def test_details_that_do_not_tie_leave_one_line_with_all_remittance() -> None:
    first = detail(amount="60.00", debtor="A", remittance="<Ustrd>R-1</Ustrd>")
    second = detail(amount="41.00", debtor="B", remittance="<Ustrd>R-2</Ustrd>")

    (line,) = lines_of(entry("100.00", first, second, extra="<AcctSvcrRef>BATCH</AcctSvcrRef>"))

    assert (line.amount.minor, line.narrative, line.payer_name, line.entry_reference) == (10000, "R-1 R-2", "", "BATCH")


def test_a_batch_of_one_payer_keeps_its_name_when_it_is_one_line() -> None:
    first, second = detail(debtor="A", end_to_end="E"), detail(debtor="A", end_to_end="E")

    (line,) = lines_of(entry("100.00", first, second))

    assert (line.payer_name, line.end_to_end_id) == ("A", "E")


def test_one_detail_without_an_amount_keeps_the_batch_together() -> None:
    assert minors(entry("100.00", detail(amount="100.00"), detail())) == [10000]


def test_a_single_detail_never_changes_the_amount_of_its_entry() -> None:
    assert minors(entry("45.00", detail(amount="0.04"))) == [4500]


def test_details_of_both_directions_are_netted() -> None:
    paid, taken = detail(amount="100.00", direction="CRDT"), detail(amount="30.00", direction="DBIT")

    assert minors(entry("70.00", paid, taken)) == [10000, -3000]


def test_details_that_repeat_the_direction_of_the_original_payment_follow_the_entry() -> None:
    original = detail(amount="5.00", direction="CRDT"), detail(amount="7.00", direction="CRDT")

    found = lines_of(entry("12.00", *original, direction="DBIT", extra="<RvslInd>true</RvslInd>"))

    assert [(line.amount.minor, line.is_reversal) for line in found] == [(-500, True), (-700, True)]


def test_the_transacted_amount_counts_where_the_detail_has_none_of_its_own() -> None:
    def transacted(amount: str, currency: str = "EUR") -> str:
        inner = f'<TxAmt><Amt Ccy="{currency}">{amount}</Amt></TxAmt>'
        return detail(extra=f"<AmtDtls>{inner}</AmtDtls>")

    assert minors(entry("3.00", transacted("1.00"), transacted("2.00"))) == [100, 200]
    assert minors(entry("3.00", transacted("1.00", "USD"), transacted("2.00"))) == [300]


def test_the_amount_in_the_accounts_currency_counts_where_another_is_given_first() -> None:
    def converted(foreign: str, own: str) -> str:
        extra = f'<AmtDtls><TxAmt><Amt Ccy="EUR">{own}</Amt></TxAmt></AmtDtls>'
        return detail(amount=foreign, currency="USD", extra=extra)

    assert minors(entry("3.00", converted("1.10", "1.00"), converted("2.20", "2.00"))) == [100, 200]


def test_only_the_returned_payment_of_a_batch_is_a_reversal() -> None:
    back = detail(amount="5.00", debtor="A", creditor="We", extra="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")
    other = detail(amount="7.00", debtor="We", creditor="B")

    divided = lines_of(entry("12.00", back, other, direction="DBIT"))
    whole = lines_of(entry("13.00", back, other, direction="DBIT"))

    assert [(line.payer_name, line.is_reversal) for line in divided] == [("A", True), ("B", False)]
    assert [line.is_reversal for line in whole] == [False]


def test_charges_of_a_divided_batch_stay_with_their_payment() -> None:
    charge = '<Chrgs><Rcrd><Amt Ccy="EUR">1.00</Amt></Rcrd></Chrgs>'
    batch = entry("3.00", detail(amount="1.00", extra=charge), detail(amount="2.00"), extra=charge)

    assert [line.charges for line in lines_of(batch)] == [(Money(100, "EUR"),), ()]


def test_the_words_for_a_whole_batch_are_not_put_on_each_payment() -> None:
    batch = entry("3.00", detail(amount="1.00"), detail(amount="2.00"), extra="<AddtlNtryInf>Batch 99</AddtlNtryInf>")

    assert [line.narrative for line in lines_of(batch)] == ["", ""]


def test_details_of_an_entry_that_is_left_out_do_not_reach_the_next() -> None:
    pending = entry("9.00", detail(remittance="<Ustrd>R-9</Ustrd>"), status="PDNG")

    (line,) = lines_of(pending, entry("1.00", detail(remittance="<Ustrd>R-1</Ustrd>")))

    assert line.narrative == "R-1"


def test_a_large_batch_is_read_payment_by_payment() -> None:
    payments = [detail(amount="1.00", debtor=f"P{number}") for number in range(9000)]

    found = lines_of(entry("9000.00", *payments))

    assert (len(found), found[-1].payer_name) == (9000, "P8999")


@given(
    st.lists(st.tuples(st.integers(0, 10**12), st.booleans()), min_size=1, max_size=8),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_the_lines_of_an_entry_always_add_up_to_it(parts: list[tuple[int, bool]], currency: str) -> None:
    signed = [size if came_in else -size for size, came_in in parts]
    details = [
        detail(amount=format_minor(size, currency), currency=currency, direction="CRDT" if came_in else "DBIT")
        for size, came_in in parts
    ]
    total = sum(signed)
    whole = entry(
        format_minor(abs(total), currency), *details, direction="DBIT" if total < 0 else "CRDT", currency=currency
    )

    found = [line.amount.minor for line in lines_of(whole, currency=currency)]

    assert sum(found) == total
    assert len(found) == len(parts)
