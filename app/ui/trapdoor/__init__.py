"""The lesson on the trapdoor: what only its page has."""
