"""The map of a marked model: the names of the classes can be read, wherever the classes lie."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.ui.trapdoor import charts

SIZE = np.array([0.2, 0.1])
places = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=10)


@given(places)
def test_no_name_covers_another_and_none_leaves_its_column(found: list[tuple[float, float]]) -> None:
    wanted = np.array(found)
    moved = charts.apart(wanted, SIZE)
    assert (moved[:, 0] == wanted[:, 0]).all() and (moved[:, 1] >= wanted[:, 1]).all()
    for one in range(len(moved)):
        for other in range(one):
            across, up = np.abs(moved[one] - moved[other])
            assert across >= SIZE[0] or up >= SIZE[1] * (1 - 1e-9)


def test_names_that_cover_nothing_stay_where_they_belong() -> None:
    wanted = np.array([[0.1, 0.5], [0.4, 0.5], [0.1, 0.7]])
    np.testing.assert_array_equal(charts.apart(wanted, SIZE), wanted)
