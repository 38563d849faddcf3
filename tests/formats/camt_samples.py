"""Small camt files for tests, written by hand piece by piece, and short ways to read them."""

from __future__ import annotations

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.core.payments.rules import StatementLine
from o2c_ai.formats.camt import read_camt

OWN = "DE02120300000000202051"
PAYER = "DE89370400440532013000"
URN = "urn:iso:std:iso:20022:tech:xsd:"


def document(*statements: str, message: str = "camt.053.001.08", root: str = "BkToCstmrStmt") -> bytes:
    inner = "\n".join(statements)
    xmlns = f' xmlns="{URN}{message}"' if message else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document{xmlns}>\n<{root}>\n<GrpHdr><MsgId>M1</MsgId></GrpHdr>\n'
        f"{inner}\n</{root}>\n</Document>\n"
    ).encode()


def balance(code: str, amount: str, *, currency: str = "EUR", direction: str = "CRDT", day: str = "2025-03-31") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def statement(
    *entries: str,
    opening: str = "",
    closing: str = "",
    currency: str = "EUR",
    account: str = f"<IBAN>{OWN}</IBAN>",
    number: str = "S1",
    holder: str = "Stmt",
) -> str:
    balances = [balance("OPBD", opening, currency=currency)] if opening else []
    balances += [balance("CLBD", closing, currency=currency)] if closing else []
    parts = "\n".join([*balances, *entries])
    return f"<{holder}>\n<Id>{number}</Id>\n<Acct><Id>{account}</Id><Ccy>{currency}</Ccy></Acct>\n{parts}\n</{holder}>"


def entry(
    amount: str,
    *details: str,
    direction: str = "CRDT",
    currency: str = "EUR",
    status: str = "<Cd>BOOK</Cd>",
    booked: str = "<Dt>2025-03-31</Dt>",
    extra: str = "",
) -> str:
    return (
        f'<Ntry>\n<Amt Ccy="{currency}">{amount}</Amt>\n<CdtDbtInd>{direction}</CdtDbtInd>\n<Sts>{status}</Sts>\n'
        f"<BookgDt>{booked}</BookgDt>\n{extra}\n<NtryDtls>{''.join(details)}</NtryDtls>\n</Ntry>"
    )


def detail(
    *,
    amount: str = "",
    currency: str = "EUR",
    direction: str = "",
    debtor: str = "",
    creditor: str = "",
    remittance: str = "",
    end_to_end: str = "",
    extra: str = "",
) -> str:
    """One payment; `debtor` and `creditor` are names, `remittance` is what stands inside RmtInf."""
    parts = [
        f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>" if end_to_end else "",
        f'<Amt Ccy="{currency}">{amount}</Amt>' if amount else "",
        f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else "",
        extra,
        parties(debtor=debtor, creditor=creditor) if debtor or creditor else "",
        f"<RmtInf>{remittance}</RmtInf>" if remittance else "",
    ]
    return f"<TxDtls>{''.join(parts)}</TxDtls>"


def parties(*, debtor: str = "", creditor: str = "", inner: str = "") -> str:
    sides = (("Dbtr", debtor), ("Cdtr", creditor))
    names = "".join(f"<{role}><Pty><Nm>{name}</Nm></Pty></{role}>" for role, name in sides if name)
    return f"<RltdPties>{names}{inner}</RltdPties>"


def account_of(role: str, iban: str) -> str:
    return f"<{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>"


def lines_of(*entries: str, currency: str = "EUR") -> tuple[StatementLine, ...]:
    return read_camt(document(statement(*entries, currency=currency)), "bank.xml").statements[0].lines


def only_line(entry_xml: str) -> StatementLine:
    (line,) = lines_of(entry_xml)
    return line


def line_of(content: bytes, text: str) -> int:
    return content[: content.index(text.encode())].count(b"\n") + 1


def refusal(content: bytes) -> BadInput:
    with pytest.raises(BadInput) as refused:
        read_camt(content, "bank.xml")
    return refused.value
