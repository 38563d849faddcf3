"""An invented company whose customers, invoices and payments are known to the last cent, to try everything on."""
