"""What opens a room: its code, which everybody may know, and its secret, which only its host has.

A code is read off a screen and typed on a phone: letters alone, none that looks or sounds like another, and no vowel,
so that no code is a word.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata

ALPHABET = "BCDFGHJKLMNPQRTVWXZ"  # no vowel and no Y; no S, which is read as 5
LENGTH = 6  # 47 million codes
_SECRET_BYTES = 24
_SECRET = re.compile(r"[\w-]{32}", re.ASCII)  # 24 bytes, in letters
_SEPARATORS = re.compile(r"[\s.\-_·]+")


def new_code() -> str:
    """Return a random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def parsed(text: str) -> str | None:
    """Return the code that somebody typed, in small letters or with spaces as well; None if it is none."""
    code = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:64])).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def new_secret() -> str:
    """Return a random secret: 192 bits, so that a plain hash of it says nothing."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def is_secret(text: str) -> bool:
    """Return whether a text has the form of :func:`new_secret`."""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> bytes:
    """Return what is kept of a secret, 32 bytes."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def matches(secret: str, kept: bytes) -> bool:
    """Return whether this is the secret of which ``kept`` is the digest, in a time that does not depend on it."""
    return hmac.compare_digest(digest(secret), kept)


def student_key(browser: str) -> str:
    """Return what a room knows a student by: a hash of the name that their browser made up, which it does not say."""
    return hashlib.sha256(b"student:" + browser.encode(errors="surrogatepass")).hexdigest()
