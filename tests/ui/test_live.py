"""The time left: late, round, and never rising."""

from app.ui.live import Countdown


def test_nothing_is_said_before_there_is_something_to_say() -> None:
    assert Countdown().left(3.0, 0.1) is None


def test_a_steady_run_counts_down_in_round_numbers() -> None:
    countdown = Countdown()
    told = [countdown.left(second, second / 40) for second in range(6, 41)]
    assert told[0] == 35
    assert told[-1] == 5
    assert told == sorted(told, reverse=True)
    assert all(seconds % 5 == 0 for seconds in told if seconds is not None)


def test_a_slow_stretch_holds_the_count_and_does_not_raise_it() -> None:
    countdown = Countdown()
    shares = [0.2, 0.3, 0.3, 0.3, 0.3, 0.31, 0.32, 0.5, 0.8, 1.0]  # by the raw estimate: up from 23 s to 74 s
    told = [countdown.left(5.0 * number, share) for number, share in enumerate(shares, start=1)]
    assert told == sorted(told, reverse=True)
    assert told[-1] == 5
