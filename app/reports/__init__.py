"""Results as documents: a claim as HTML, a trigger kit, tables in Markdown. Rule: nothing is computed here."""
