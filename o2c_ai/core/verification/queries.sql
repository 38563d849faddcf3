-- Every law of the books as a question for the rows that break it: an empty answer means that the law holds.
--
-- Any SQL tool can ask them, on SQLite and on PostgreSQL alike: put the company's number for :company. Above each
-- statement stand the law, the table whose rows are checked, which of its rows (all, or only mirrors), and what is wrong
-- with a row that comes back. A statement that reads from `moves` starts with the expression of that name given here.

-- two_sides | journal_entries | all | has {lines} posting(s)
SELECT e.id AS row_id, count(p.id) AS lines
FROM journal_entries e LEFT JOIN postings p ON p.entry_id = e.id
WHERE e.company_id = :company
GROUP BY e.id
HAVING count(p.id) < 2;

-- balanced | journal_entries | all | is off by {off} minor units of {currency}
SELECT p.entry_id AS row_id, p.currency, CAST(sum(p.amount_minor) AS BIGINT) AS off
FROM postings p
WHERE p.company_id = :company
GROUP BY p.entry_id, p.currency
HAVING sum(p.amount_minor) <> 0;

-- balanced_in_base | journal_entries | all | {valued} of {lines} postings are valued, off by {off} minor units of base
SELECT p.entry_id AS row_id, count(p.base_minor) AS valued, count(*) AS lines,
       CAST(coalesce(sum(p.base_minor), 0) AS BIGINT) AS off
FROM postings p
WHERE p.company_id = :company
GROUP BY p.entry_id
HAVING coalesce(sum(p.base_minor), 0) <> 0 OR count(p.base_minor) NOT IN (0, count(*));

-- exact_mirror | journal_entries | mirrors | its postings are not the exact negative of those of entry {original}
SELECT DISTINCT row_id, original
FROM (
    SELECT both_sides.row_id, both_sides.original
    FROM (
        SELECT m.id AS row_id, m.reverses_id AS original, p.account_id, p.currency, p.amount_minor AS amount,
               p.base_minor AS base, 1 AS times
        FROM journal_entries m JOIN postings p ON p.entry_id = m.id
        WHERE m.company_id = :company AND m.reverses_id IS NOT NULL
        UNION ALL
        SELECT m.id, m.reverses_id, p.account_id, p.currency, -p.amount_minor, -p.base_minor, -1
        FROM journal_entries m JOIN postings p ON p.entry_id = m.reverses_id
        WHERE m.company_id = :company AND m.reverses_id IS NOT NULL
    ) both_sides
    GROUP BY row_id, original, account_id, currency, amount, base
    HAVING sum(times) <> 0
) uneven;

-- exact_mirror | journal_entries | all | is of kind {kind}, but what it reverses is {original}
SELECT id AS row_id, kind, coalesce(CAST(reverses_id AS TEXT), 'not said') AS original
FROM journal_entries
WHERE company_id = :company AND (kind = 'reversal') <> (reverses_id IS NOT NULL);

-- exact_mirror | applications | mirrors | is not the exact negative of application {original}, in its entry's mirror
SELECT m.id AS row_id, o.id AS original
FROM applications m
JOIN applications o ON o.id = m.reverses_id
JOIN journal_entries e ON e.id = m.entry_id
WHERE m.company_id = :company
  AND (m.amount_minor <> -o.amount_minor OR m.currency <> o.currency OR m.kind <> o.kind
       OR m.open_item_id <> o.open_item_id OR coalesce(m.credit_item_id, 0) <> coalesce(o.credit_item_id, 0)
       OR (m.base_minor IS NULL) <> (o.base_minor IS NULL) OR coalesce(m.base_minor, 0) <> -coalesce(o.base_minor, 0)
       OR (m.credit_base_minor IS NULL) <> (o.credit_base_minor IS NULL)
       OR coalesce(m.credit_base_minor, 0) <> -coalesce(o.credit_base_minor, 0)
       OR coalesce(e.reverses_id, 0) <> o.entry_id);

-- exact_mirror | credit_movements | mirrors | is not the exact negative of movement {original}, in its entry's mirror
SELECT m.id AS row_id, o.id AS original
FROM credit_movements m
JOIN credit_movements o ON o.id = m.reverses_id
JOIN journal_entries e ON e.id = m.entry_id
WHERE m.company_id = :company
  AND (m.amount_minor <> -o.amount_minor OR m.currency <> o.currency OR m.kind <> o.kind
       OR m.credit_item_id <> o.credit_item_id OR coalesce(m.customer_id, 0) <> coalesce(o.customer_id, 0)
       OR (m.base_minor IS NULL) <> (o.base_minor IS NULL) OR coalesce(m.base_minor, 0) <> -coalesce(o.base_minor, 0)
       OR coalesce(e.reverses_id, 0) <> o.entry_id);

-- exact_mirror | journal_entries | mirrors | reverses entry {original}, but not all that it applied or moved
SELECT m.id AS row_id, m.reverses_id AS original
FROM journal_entries m
WHERE m.company_id = :company AND m.reverses_id IS NOT NULL
  AND (EXISTS (SELECT 1 FROM applications o LEFT JOIN applications undone ON undone.reverses_id = o.id
               WHERE o.entry_id = m.reverses_id AND undone.id IS NULL)
       OR EXISTS (SELECT 1 FROM credit_movements o LEFT JOIN credit_movements undone ON undone.reverses_id = o.id
                  WHERE o.entry_id = m.reverses_id AND undone.id IS NULL));

-- mirrored_once | journal_entries | mirrors | reverses entry {original}, which is reversed already
SELECT max(id) AS row_id, reverses_id AS original
FROM journal_entries WHERE company_id = :company AND reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1;

-- mirrored_once | applications | mirrors | reverses application {original}, which is reversed already
SELECT max(id) AS row_id, reverses_id AS original
FROM applications WHERE company_id = :company AND reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1;

-- mirrored_once | credit_movements | mirrors | reverses movement {original}, which is reversed already
SELECT max(id) AS row_id, reverses_id AS original
FROM credit_movements WHERE company_id = :company AND reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1;

-- mirror_after | journal_entries | mirrors | is posted on {mirror_day}, before the entry {original} it reverses
SELECT m.id AS row_id, o.id AS original, m.posting_date AS mirror_day
FROM journal_entries m JOIN journal_entries o ON o.id = m.reverses_id
WHERE m.company_id = :company AND m.posting_date < o.posting_date;

-- item_use | open_items | all | {used} of {amount} minor units of {currency} are applied on {day}
SELECT d.row_id, i.currency, i.amount_minor AS amount, CAST(d.used AS BIGINT) AS used, d.known_on AS day
FROM (
    SELECT a.open_item_id AS row_id, a.known_on,
           sum(sum(a.amount_minor)) OVER (PARTITION BY a.open_item_id ORDER BY a.known_on) AS used
    FROM applications a
    WHERE a.company_id = :company
    GROUP BY a.open_item_id, a.known_on
) d
JOIN open_items i ON i.id = d.row_id
WHERE d.used < 0 OR d.used > i.amount_minor OR (d.used <> 0 AND d.known_on < i.known_on);

-- credit_use | credit_items | all | {used} of {amount} minor units of {currency} are used on {day}
SELECT d.row_id, c.currency, c.amount_minor AS amount, CAST(d.used AS BIGINT) AS used, d.known_on AS day
FROM (
    SELECT u.credit_item_id AS row_id, u.known_on,
           sum(sum(u.amount_minor)) OVER (PARTITION BY u.credit_item_id ORDER BY u.known_on) AS used
    FROM (
        SELECT credit_item_id, known_on, amount_minor FROM applications
        WHERE company_id = :company AND credit_item_id IS NOT NULL
        UNION ALL
        SELECT credit_item_id, known_on, amount_minor FROM credit_movements WHERE company_id = :company
    ) u
    GROUP BY u.credit_item_id, u.known_on
) d
JOIN credit_items c ON c.id = d.row_id
WHERE d.used < 0 OR d.used > c.amount_minor OR (d.used <> 0 AND d.known_on < c.known_on);

-- credit_use | applications | all | of credit {credit}, {used} minor units are applied to item {item}
SELECT max(id) AS row_id, credit_item_id AS credit, open_item_id AS item, CAST(sum(amount_minor) AS BIGINT) AS used
FROM applications
WHERE company_id = :company AND credit_item_id IS NOT NULL
GROUP BY credit_item_id, open_item_id
HAVING sum(amount_minor) < 0;

-- credit_use | credit_movements | all | of credit {credit}, {used} minor units are {kind} for one customer
SELECT max(id) AS row_id, credit_item_id AS credit, kind, CAST(sum(amount_minor) AS BIGINT) AS used
FROM credit_movements
WHERE company_id = :company
GROUP BY credit_item_id, kind, customer_id
HAVING sum(amount_minor) < 0;

-- base_use | open_items | all | is cleared with {used} of its {base} minor units of base
SELECT i.id AS row_id, coalesce(i.base_minor, 0) AS base, CAST(coalesce(sum(a.base_minor), 0) AS BIGINT) AS used
FROM open_items i JOIN applications a ON a.open_item_id = i.id
WHERE i.company_id = :company
GROUP BY i.id, i.amount_minor, i.base_minor
HAVING sum(a.amount_minor) IN (0, i.amount_minor)
   AND coalesce(sum(a.base_minor), 0) <> CASE WHEN sum(a.amount_minor) = 0 THEN 0 ELSE coalesce(i.base_minor, 0) END;

-- base_use | credit_items | all | is used up with {used} of its {base} minor units of base
SELECT c.id AS row_id, coalesce(c.base_minor, 0) AS base, CAST(coalesce(sum(u.base), 0) AS BIGINT) AS used
FROM credit_items c
JOIN (
    SELECT credit_item_id, amount_minor, credit_base_minor AS base FROM applications
    WHERE company_id = :company AND credit_item_id IS NOT NULL
    UNION ALL
    SELECT credit_item_id, amount_minor, base_minor FROM credit_movements WHERE company_id = :company
) u ON u.credit_item_id = c.id
WHERE c.company_id = :company
GROUP BY c.id, c.amount_minor, c.base_minor
HAVING sum(u.amount_minor) IN (0, c.amount_minor)
   AND coalesce(sum(u.base), 0) <> CASE WHEN sum(u.amount_minor) = 0 THEN 0 ELSE coalesce(c.base_minor, 0) END;

-- same_day | open_items | all | counts from {counts}, its entry is posted on {posted}
SELECT r.id AS row_id, r.known_on AS counts, e.posting_date AS posted
FROM open_items r JOIN journal_entries e ON e.id = r.entry_id
WHERE r.company_id = :company AND r.known_on <> e.posting_date;

-- same_day | credit_items | all | counts from {counts}, its entry is posted on {posted}
SELECT r.id AS row_id, r.known_on AS counts, e.posting_date AS posted
FROM credit_items r JOIN journal_entries e ON e.id = r.entry_id
WHERE r.company_id = :company AND r.known_on <> e.posting_date;

-- same_day | applications | all | counts from {counts}, its entry is posted on {posted}
SELECT r.id AS row_id, r.known_on AS counts, e.posting_date AS posted
FROM applications r JOIN journal_entries e ON e.id = r.entry_id
WHERE r.company_id = :company AND r.known_on <> e.posting_date;

-- same_day | credit_movements | all | counts from {counts}, its entry is posted on {posted}
SELECT r.id AS row_id, r.known_on AS counts, e.posting_date AS posted
FROM credit_movements r JOIN journal_entries e ON e.id = r.entry_id
WHERE r.company_id = :company AND r.known_on <> e.posting_date;

-- same_day | statement_lines | all | is booked on {counts}, its entry is posted on {posted}
SELECT r.id AS row_id, r.booking_date AS counts, e.posting_date AS posted
FROM statement_lines r JOIN journal_entries e ON e.id = r.entry_id
WHERE r.company_id = :company AND r.booking_date <> e.posting_date;

-- documents | invoices | all | {number} is {amount} minor units of {currency}, its item says otherwise
SELECT d.id AS row_id, d.number, d.amount_minor AS amount, d.currency
FROM invoices d
LEFT JOIN open_items i ON i.id = d.open_item_id
LEFT JOIN credit_items c ON c.id = d.credit_item_id
WHERE d.company_id = :company
  AND ((i.id IS NULL) = (c.id IS NULL)
       OR coalesce(i.amount_minor, -c.amount_minor) <> d.amount_minor
       OR coalesce(i.entry_id, c.entry_id) <> d.entry_id
       OR coalesce(i.customer_id, c.customer_id, 0) <> d.customer_id
       OR coalesce(i.known_on, c.known_on) <> d.issue_date
       OR coalesce(i.number, c.number) <> d.number);

-- documents | receipts | all | gives a credit of {amount} minor units of {currency}, its bank line says otherwise
SELECT r.id AS row_id, c.amount_minor AS amount, c.currency
FROM receipts r
JOIN credit_items c ON c.id = r.credit_item_id
LEFT JOIN statement_lines l ON l.id = r.statement_line_id
WHERE r.company_id = :company
  AND (c.kind <> 'receipt' OR c.known_on <> r.received_on
       OR coalesce(l.amount_minor, c.amount_minor) <> c.amount_minor OR coalesce(l.currency, c.currency) <> c.currency
       OR coalesce(l.entry_id, c.entry_id) > c.entry_id OR coalesce(l.booking_date, r.received_on) > r.received_on
       OR (l.entry_id <> c.entry_id AND EXISTS (
           SELECT 1 FROM postings p JOIN accounts a ON a.id = p.account_id
           WHERE p.entry_id = l.entry_id AND a.role IN ('unidentified_cash', 'unapplied_cash'))));

-- documents | receipts | all | gives credit {credit}, which another receipt gives too
SELECT max(r.id) AS row_id, r.credit_item_id AS credit
FROM receipts r WHERE r.company_id = :company GROUP BY r.credit_item_id HAVING count(*) > 1;

-- documents | credit_items | all | {number} is a receipt or credit memo without its paper
SELECT c.id AS row_id, c.number
FROM credit_items c
WHERE c.company_id = :company
  AND NOT (c.kind = 'receipt' AND c.id IN (SELECT credit_item_id FROM receipts WHERE company_id = :company))
  AND NOT (c.kind = 'credit_memo' AND c.id IN (
      SELECT credit_item_id FROM invoices WHERE company_id = :company AND credit_item_id IS NOT NULL));

-- documents | open_items | all | {number} is an invoice or debit memo without its paper
SELECT i.id AS row_id, i.number
FROM open_items i
WHERE i.company_id = :company AND i.kind <> 'residual'
  AND i.id NOT IN (SELECT open_item_id FROM invoices WHERE company_id = :company AND open_item_id IS NOT NULL);

-- entry_explained | journal_entries | all | subledger rows move account {account} by {owed}, postings by {posted} minor units of {currency}
SELECT m.entry_id AS row_id, m.currency, CAST(sum(m.owed) AS BIGINT) AS owed, CAST(sum(m.posted) AS BIGINT) AS posted,
       (SELECT a.number FROM accounts a WHERE a.id = m.account_id) AS account
FROM moves m
GROUP BY m.entry_id, m.account_id, m.currency
HAVING sum(m.owed) <> sum(m.posted) OR (sum(m.unvalued) = 0 AND sum(m.base) <> 0);

-- parts | cash_applications | all | its rows add up to {parts}, the line is {amount} minor units of {currency}
SELECT h.id AS row_id, CAST(coalesce(sum(p.amount_minor), 0) AS BIGINT) AS parts, l.amount_minor AS amount, l.currency
FROM cash_applications h
JOIN statement_lines l ON l.id = h.line_id
LEFT JOIN cash_application_parts p ON p.cash_application_id = h.id
WHERE h.company_id = :company
GROUP BY h.id, l.amount_minor, l.currency
HAVING coalesce(sum(p.amount_minor), 0) <> l.amount_minor;

-- one_decision | statement_lines | all | {ref} is {state}, with {standing} cash application(s) that stand
SELECT l.id AS row_id, l.line_ref AS ref, l.state, count(h.id) AS standing
FROM statement_lines l LEFT JOIN cash_applications h ON h.line_id = l.id AND h.undone_on IS NULL
WHERE l.company_id = :company
GROUP BY l.id, l.line_ref, l.state
HAVING count(h.id) <> CASE l.state WHEN 'open' THEN 0 ELSE 1 END;

-- moves: what the subledger says each control account received (owed), and what was posted to it
-- Unidentified and unapplied cash are one account here: naming a payer moves money between them without a subledger row.
WITH control AS (
    SELECT max(CASE role WHEN 'receivables' THEN id END) AS receivables,
           max(CASE role WHEN 'unapplied_cash' THEN id END) AS cash,
           max(CASE role WHEN 'on_account' THEN id END) AS parked,
           max(CASE role WHEN 'refunds_payable' THEN id END) AS refunds
    FROM accounts WHERE company_id = :company
), moves AS (
    SELECT k.receivables AS account_id, i.entry_id, i.known_on, i.currency, i.amount_minor AS owed, 0 AS posted,
           i.base_minor AS base, 0 AS unvalued
    FROM open_items i CROSS JOIN control k WHERE i.company_id = :company
    UNION ALL
    SELECT k.receivables, a.entry_id, a.known_on, a.currency, -a.amount_minor, 0, -a.base_minor, 0
    FROM applications a CROSS JOIN control k WHERE a.company_id = :company
    UNION ALL
    SELECT CASE c.kind WHEN 'credit_memo' THEN k.receivables ELSE k.cash END,
           a.entry_id, a.known_on, a.currency, a.amount_minor, 0, a.credit_base_minor, 0
    FROM applications a JOIN credit_items c ON c.id = a.credit_item_id CROSS JOIN control k
    WHERE a.company_id = :company
    UNION ALL
    SELECT CASE c.kind WHEN 'credit_memo' THEN k.receivables ELSE k.cash END,
           c.entry_id, c.known_on, c.currency, -c.amount_minor, 0, -c.base_minor, 0
    FROM credit_items c CROSS JOIN control k WHERE c.company_id = :company
    UNION ALL
    SELECT CASE c.kind WHEN 'credit_memo' THEN k.receivables ELSE k.cash END,
           m.entry_id, m.known_on, m.currency, m.amount_minor, 0, m.base_minor, 0
    FROM credit_movements m JOIN credit_items c ON c.id = m.credit_item_id CROSS JOIN control k
    WHERE m.company_id = :company
    UNION ALL
    SELECT CASE m.kind WHEN 'on_account' THEN k.parked ELSE k.refunds END,
           m.entry_id, m.known_on, m.currency, -m.amount_minor, 0, -m.base_minor, 0
    FROM credit_movements m CROSS JOIN control k WHERE m.company_id = :company AND m.kind IN ('on_account', 'refunded')
    UNION ALL
    SELECT b.ledger_account_id, l.entry_id, l.booking_date, l.currency, l.amount_minor, 0, CAST(NULL AS BIGINT), 0
    FROM statement_lines l JOIN bank_accounts b ON b.id = l.bank_account_id WHERE l.company_id = :company
    UNION ALL
    SELECT b.ledger_account_id, c.entry_id, c.known_on, c.currency, c.amount_minor, 0, CAST(NULL AS BIGINT), 0
    FROM receipts r
    JOIN credit_items c ON c.id = r.credit_item_id
    JOIN bank_accounts b ON b.company_id = r.company_id AND b.account = r.method
    WHERE r.company_id = :company AND r.statement_line_id IS NULL
    UNION ALL
    SELECT CASE a.role WHEN 'unidentified_cash' THEN k.cash ELSE a.id END,
           p.entry_id, e.posting_date, p.currency, 0, p.amount_minor,
           CASE a.role WHEN 'bank' THEN NULL ELSE -p.base_minor END,
           CASE WHEN p.base_minor IS NULL THEN 1 ELSE 0 END
    FROM postings p
    JOIN journal_entries e ON e.id = p.entry_id
    JOIN accounts a ON a.id = p.account_id
    CROSS JOIN control k
    WHERE p.company_id = :company
      AND a.role IN ('receivables', 'unidentified_cash', 'unapplied_cash', 'on_account', 'refunds_payable', 'bank')
);

-- daily: what moved each control account on each day
SELECT m.account_id, m.currency, m.known_on, CAST(sum(m.owed) AS BIGINT) AS owed, CAST(sum(m.posted) AS BIGINT) AS posted
FROM moves m
GROUP BY m.account_id, m.currency, m.known_on;

-- payers: receipts left, by whether their payer is known, and the accounts they stand on
SELECT s.role, s.currency, CAST(sum(s.held) AS BIGINT) AS held, CAST(sum(s.posted) AS BIGINT) AS posted
FROM (
    SELECT CASE WHEN c.customer_id IS NULL THEN 'unidentified_cash' ELSE 'unapplied_cash' END AS role, c.currency,
           c.amount_minor - coalesce(u.used, 0) AS held, 0 AS posted
    FROM credit_items c
    LEFT JOIN (
        SELECT r.credit_item_id, sum(r.amount_minor) AS used
        FROM (
            SELECT credit_item_id, amount_minor FROM applications
            WHERE company_id = :company AND credit_item_id IS NOT NULL
            UNION ALL
            SELECT credit_item_id, amount_minor FROM credit_movements WHERE company_id = :company
        ) r
        GROUP BY r.credit_item_id
    ) u ON u.credit_item_id = c.id
    WHERE c.company_id = :company AND c.kind = 'receipt'
    UNION ALL
    SELECT a.role, p.currency, 0, -p.amount_minor
    FROM postings p JOIN accounts a ON a.id = p.account_id
    WHERE p.company_id = :company AND a.role IN ('unidentified_cash', 'unapplied_cash')
) s
GROUP BY s.role, s.currency
HAVING sum(s.held) <> sum(s.posted);
