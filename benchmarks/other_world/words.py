"""Words of the other world by language: names, leads of texts, empty texts, and what banks write around them."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGE: Mapping[str, str] = {
    "FR": "fr", "CH": "fr", "PL": "pl", "CZ": "cs", "ES": "es", "IT": "it", "NL": "nl", "SE": "sv"
}  # fmt: skip
CURRENCY: Mapping[str, str] = {"PL": "PLN", "CZ": "CZK", "CH": "CHF", "SE": "SEK"}
"""Other countries pay in euro."""

OWNERS: Mapping[str, str] = {
    "fr": "Delacourt Peyrissac Vauquelin Thévenard Bonnemaison Larrivée Guéguen Châtelain Maufras Crozon Brûlard",
    "pl": "Wiśniowiecki Grzędziel Szczęsny Łopatka Żabczyński Krzemień Ostrówka Pawłowicz Świerczek Dąbek Rzepka",
    "cs": "Hřebíček Vrána Kocourek Šťastný Zelinka Přibyl Čermák Janáček Dlouhý Růžek Švejda Kubišta",
    "es": "Echegaray Villodres Peñalver Ibáñez Carrascosa Núñez Aguiló Zubiri Manrique Coloma Ferrándiz Acuña",
    "it": "Bragadin Squarcione Tedeschini Malfatti Quagliarella Zorzetto Perissinotto Dalmazzo Nicolò Bevilacqua",
    "nl": "Vermeulenhof Koekkoek Schoonderwoerd Hoekwater Zijderveld Oosterling Brouwershof Nijdam Terpstraat Huijgen",
    "sv": "Sjögrensson Åkerblad Lövgren Östlundh Norrbacke Häggkvist Fåhlin Ekströmmer Bergsåker Wallöv",
}
FIRST: Mapping[str, str] = {
    "fr": "Élodie Rémi Solange Loïc Agnès Benoît",
    "pl": "Łucja Zbigniew Małgorzata Paweł Iwona Jędrzej",
    "cs": "Božena Jiří Ludmila Tomáš Eliška Ondřej",
    "es": "Begoña Íñigo Rocío Álvaro Pilar Jesús",
    "it": "Nicoletta Fabrizio Ilaria Gaetano Mirella Ettore",
    "nl": "Marloes Sjoerd Anouk Gijs Willemijn Teun",
    "sv": "Gunilla Håkan Märta Örjan Sigrid Göran",
}
SHOPS: Mapping[str, str] = {
    "fr": "Boulangerie|Café du Marché|Pâtisserie|Brasserie|Librairie|Épicerie",
    "pl": "Piekarnia|Cukiernia|Kawiarnia|Sklep Spożywczy|Księgarnia|Delikatesy",
    "cs": "Pekařství|Cukrárna|Kavárna|Potraviny|Knihkupectví|Lahůdky",
    "es": "Panadería|Cafetería|Ultramarinos|Librería|Heladería|Bodega",
    "it": "Panificio|Pasticceria|Gelateria|Caffè|Libreria|Salumeria",
    "nl": "Bakkerij|Koffiehuis|Banketbakkerij|Boekhandel|Kaaswinkel|Eetcafé",
    "sv": "Bageri|Konditori|Kafé|Bokhandel|Livsmedel|Glasstorg",
}
FORMS: Mapping[str, str] = {
    "fr": "EURL|SNC|& Fils", "pl": "Sp. j.|sp. z o.o.|P.P.H.U.", "cs": "s.r.o.|v.o.s.|spol. s r.o.",
    "es": "S.L.U.|C.B.|e Hijos", "it": "s.n.c.|S.r.l.s.|& C.", "nl": "V.O.F.|B.V.|Eenmanszaak", "sv": "HB|AB|KB",
}  # fmt: skip
TOWNS: Mapping[str, str] = {
    "fr": "Commune de Saint-|Mairie de Val-", "pl": "Gmina|Urząd Miasta", "cs": "Obec|Město",
    "es": "Ayuntamiento de|Diputación de", "it": "Comune di|Provincia di", "nl": "Gemeente", "sv": "Kommunen",
}  # fmt: skip
CHAINS = (
    "Moulin Carré",
    "Kafeteo",
    "Zlatý Roh",
    "La Miga Dorada",
    "Pan & Luna",
    "Graanzolder",
    "Fika Fyra",
    "Chleb 24",
)
GROUPS = ("CENTRALE ACHATS INTERBOUL", "COOPERATIVA ACQUISTI NORDEST", "KRAJOWA GRUPA ZAKUPOWA")

LEADS: Mapping[str, str] = {
    "fr": "FACTURE|FACT N°|RGLT FACT|NOTRE REGLEMENT|",
    "pl": "ZAPŁATA ZA FAKTURĘ|FAKTURA NR|FV|PŁATNOŚĆ ZA|",
    "cs": "ÚHRADA FAKTURY|FAKTURA Č.|PLATBA FV|",
    "es": "PAGO FACTURA|FRA.|ABONO FRAS.|SU FACTURA|",
    "it": "SALDO FATTURA|PAGAMENTO FATT. N.|FT|VS. FATTURA|",
    "nl": "FACTUUR|FACTUURNR.|BETALING FACT|BETR.|",
    "sv": "FAKTURA|FAKTURANR|AVSER FAKTURA|",
}
EMPTY: Mapping[str, str] = {
    "fr": "VIREMENT|MERCI|REGLEMENT FOURNISSEUR|SOLDE|",
    "pl": "PRZELEW|ZAPŁATA ZA TOWAR|ROZLICZENIE|DZIĘKUJĘ",
    "cs": "PLATBA|ÚHRADA ZBOŽÍ|DĚKUJEME|",
    "es": "TRANSFERENCIA|PAGO PENDIENTE|MATERIAL|",
    "it": "BONIFICO|SALDO|FORNITURA MERCE|A SALDO",
    "nl": "BETALING|OVERBOEKING|LEVERING|",
    "sv": "BETALNING|INBETALNING|TACK",
}
CUSTOMER_IS: Mapping[str, str] = {
    "fr": "CLIENT", "pl": "NR KLIENTA", "cs": "Č. ZÁKAZNÍKA", "es": "CLIENTE N.", "it": "COD. CLIENTE",
    "nl": "KLANTNR", "sv": "KUNDNR",
}  # fmt: skip
ORDER_IS: Mapping[str, str] = {
    "fr": "CDE", "pl": "ZAM.", "cs": "OBJ.", "es": "PEDIDO", "it": "ORDINE", "nl": "ORDER", "sv": "BEST."
}  # fmt: skip
VOUCHER_IS: Mapping[str, str] = {
    "fr": "MANDAT", "pl": "DYSPOZYCJA", "cs": "POUKAZ", "es": "REMESA", "it": "MANDATO", "nl": "BATCH", "sv": "VERIF"
}  # fmt: skip
UNTIL: Mapping[str, str] = {"fr": "À", "pl": "DO", "cs": "AŽ", "es": "AL", "it": "AL", "nl": "T/M", "sv": "TILL"}
AND: Mapping[str, str] = {"fr": " ET ", "pl": " I ", "cs": " A ", "es": " Y ", "it": " E ", "nl": " EN ", "sv": " OCH "}
DEPOSIT: Mapping[str, str] = {
    "fr": "ACOMPTE", "pl": "ZALICZKA", "cs": "ZÁLOHA", "es": "ANTICIPO", "it": "ACCONTO", "nl": "AANBETALING",
    "sv": "HANDPENNING",
}  # fmt: skip
BOUNCED: Mapping[str, str] = {
    "fr": "REJET PRLV SEPA", "pl": "ZWROT POLECENIA ZAPŁATY", "cs": "VRÁCENÉ INKASO", "es": "DEVOLUCION ADEUDO",
    "it": "INSOLUTO SDD", "nl": "STORNO INCASSO", "sv": "RETUR AUTOGIRO",
}  # fmt: skip
AROUND: Mapping[str, str] = {
    "FR": "VIR SEPA RECU /DE {name} /MOTIF {text}",
    "IT": "BONIFICO A VS FAVORE ORD. {name} CAUSALE: {text}",
    "ES": "TRANSF. A SU FAVOR DE {name} CONCEPTO {text}",
}
"""What banks of a country write around the payer's text, where they do."""
CLAIMS = ("CASSE", "BRAK W DOSTAWIE", "PREZZO", "DIF. PRECIO", "RETOUR", "PORTO", "TRANSPORTSKADA", "REKLAMACE")
"""What customers write for holding money back."""


def words(table: Mapping[str, str], language: str) -> list[str]:
    """The words of a language in a table, divided by bars where one may hold blanks."""
    text = table[language]
    return text.split("|" if "|" in text else None)
