"""The commitment: the bytes written out by hand, and nothing may differ by a pixel, a label or a place."""

import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.lab.ownership.commitment import SALT_BYTES, canonical_bytes, commit, holds, salt

PICTURES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
LABELS = np.array([5, 5])
SALT = bytes(range(SALT_BYTES))


def test_the_hash_is_that_of_bytes_written_out_by_hand():
    by_hand = b"entangled-triggers-1 uint8 2x3x4\n" + bytes(range(24)) + struct.pack("<qq", 5, 5)
    assert canonical_bytes(PICTURES, LABELS) == by_hand
    assert commit(PICTURES, LABELS, SALT) == hashlib.sha256(SALT + by_hand).hexdigest()


def test_points_are_hashed_as_little_endian_floats_however_they_lie_in_memory():
    points = np.array([[0.5, -1.25]], dtype=np.float32)
    by_hand = b"entangled-triggers-1 float32 1x2\n" + struct.pack("<ffq", 0.5, -1.25, 2)
    for stored in (points, points.astype(">f4"), np.asfortranarray(points)):
        assert canonical_bytes(stored, np.array([2])) == by_hand
    assert canonical_bytes(points, np.array([2], dtype=np.int32)) == by_hand


@given(
    arrays.arrays(np.uint8, (3, 4, 4)),
    st.integers(0, 2),
    st.integers(0, 15),
    st.integers(1, 255),
)
def test_one_pixel_is_enough_to_break_it(pictures, which, where, by):
    labels = np.full(3, 7)
    promised = commit(pictures, labels, SALT)
    assert holds(promised, pictures.copy(), labels, SALT)
    changed = pictures.copy()
    changed[which].flat[where] ^= np.uint8(by)
    assert not holds(promised, changed, labels, SALT)


def test_so_is_a_label_the_order_the_salt_or_one_trigger_less():
    promised = commit(PICTURES, LABELS, SALT)
    assert not holds(promised, PICTURES, np.array([5, 4]), SALT)
    assert not holds(promised, PICTURES[::-1], LABELS, SALT)
    assert not holds(promised, PICTURES, LABELS, bytes(SALT_BYTES))
    assert not holds(promised, PICTURES[:1], LABELS[:1], SALT)
    assert not holds(promised, PICTURES.reshape(2, 4, 3), LABELS, SALT)


def test_every_salt_is_new_and_long_enough_not_to_be_guessed():
    assert len({salt() for _ in range(100)}) == 100
    assert len(salt()) == SALT_BYTES >= 16


def test_what_cannot_be_committed_to_gets_a_sentence():
    with pytest.raises(ValueError, match="not as float64"):
        commit(PICTURES.astype(float), LABELS, SALT)
    with pytest.raises(ValueError, match="2 triggers, 3 labels"):
        commit(PICTURES, np.array([5, 5, 5]), SALT)
