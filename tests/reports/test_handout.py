"""The hand-out: students get the questions, the teacher the answers; what is in it is text."""

from app.reports import handout
from app.reports.handout import Step

STEP = Step("Heist", "Which mark survives?", 5, ("Play the *film*.",), "Why?", "It was **not** in the answers.")


def page(*, of_teacher: bool, step: Step = STEP) -> str:
    return handout.page([step], address="192.0.2.1/classroom", code="BCDFGH", of_teacher=of_teacher)


def test_students_get_questions_and_no_answers() -> None:
    said = page(of_teacher=False)
    assert "Which mark survives?" in said and "Why?" in said and "BCDFGH" in said
    assert "not in the answers" not in said and "Play the film." not in said


def test_the_teacher_gets_what_to_do_and_the_answers_without_marks_of_markdown() -> None:
    said = page(of_teacher=True)
    assert "Play the film." in said and "It was not in the answers." in said and "5 min" in said


def test_what_is_in_it_is_text_and_it_asks_nobody_for_anything() -> None:
    said = page(of_teacher=True, step=Step("<script>x</script>", "<img src=//evil>", 1, ("<b>",), "<i>", "<u>"))
    assert "<script>" not in said and "<img" not in said and "&lt;script&gt;" in said
    assert "http" not in said and "//" not in said.replace("<img src=//evil>", "").replace("&lt;img src=//evil&gt;", "")
