"""Documents: the report of a claim (HTML), the kit of triggers (zip), the tables of the evidence (Markdown).

Rule: a report formats results, and computes none."""
