"""Whom a case owes an answer, what it says, and that everyone is told once, on both engines."""

from __future__ import annotations

import pytest
from support.reporting import Case
from support.wechat_server import WeChatServer

from data import engine as engines
from data import feed, recount


def test_a_settled_case_tells_its_number_and_what_was_done_without_a_number_of_anybody(case: Case) -> None:
    case.report("1", "anna")
    case.settle("1", "已联系当事人李四，13812345678，护栏修好了。")
    (told,) = case.answers()
    number = feed.number(case.row("1"))
    assert told["words"] == (
        f"您反映的事项（编号 {number}）已办结。办理情况：已联系当事人李*，138****5678，护栏修好了。如仍有问题，请直接回复本公众号。"
    )
    assert (told["kind_code"], told["state_code"], told["round"]) == ("settled", "queued", 0)
    assert "anna" not in str(told) and case.row("1")["answer_code"] == "queued"


def test_a_case_that_shows_its_kind_only_tells_its_number_only(case: Case) -> None:
    case.report("1", "anna", is_restricted=True, category_code="G.01.01")
    case.settle("1", "已调解")
    assert "已调解" not in case.answers()[0]["words"] and feed.number(case.row("1")) in case.answers()[0]["words"]


def test_nothing_is_owed_while_it_is_open_nor_to_whom_cannot_be_answered(case: Case) -> None:
    case.report("1", "anna")
    case.step("1", "dispatch")
    case.report("2", None)
    case.settle("2")
    assert case.answers() == [] and (case.row("1")["answer_code"], case.row("2")["answer_code"]) == ("", "")
    assert (case.ledger().owed, case.ledger().unanswered) == (1, 1)  # the second is owed, by whatever way


def test_a_void_case_gives_its_reason_and_a_feedback_its_words(case: Case) -> None:
    case.report("1", "anna")
    case.step("1", "void", remark="不属于本市")
    case.report("2", "bert")
    case.settle("2")
    case.step("2", "feedback", remark="下周再来复查")
    case.step("2", "feedback")  # without a word
    words = {row["kind_code"]: row["words"] for row in case.answers()}
    assert "情况说明：不属于本市。" in words["void"] and words["feedback"].endswith("下周再来复查。")
    assert len(case.answers()) == 3 and case.ledger().answered == 1


def test_whoever_reported_what_was_merged_is_told_once_with_the_master(case: Case, wechat: WeChatServer) -> None:
    for reference, person in (("1", "anna"), ("2", "bert"), ("3", "anna"), ("4", "carl"), ("5", None)):
        case.report(reference, person)
    case.step("2", "merge", master_ref="1")
    case.step("3", "merge", master_ref="1")
    case.step("4", "merge", master_ref="2")  # into one that was merged itself
    case.step("5", "merge", master_ref="1")
    assert case.answers() == [] and case.ledger().owed == 0
    case.settle("1")
    assert [case.row(each)["answer_code"] for each in "12345"] == ["queued", "queued", "queued", "queued", ""]
    assert case.ledger().owed == 4 == case.ledger().unanswered
    courier = case.courier(wechat)
    while courier.deliver():
        pass
    assert sorted(person for person, _ in wechat.sent) == ["anna", "bert", "carl"]
    assert len({words for _, words in wechat.sent}) == 1 and feed.number(case.row("1")) in wechat.sent[0][1]
    assert (case.ledger().answered, case.ledger().unanswered, case.ledger().merged) == (4, 0, 4)
    with engines.reading(case.engine) as conn:
        assert recount.check(conn, case.city.zone) == []


def test_what_is_merged_into_a_settled_case_is_told_at_once(case: Case) -> None:
    case.report("1", None)
    case.settle("1", "护栏已修复")
    case.report("2", "bert")
    case.step("2", "merge", master_ref="1")
    (told,) = case.answers()
    assert told["incident_id"] == case.row("1")["id"] and "护栏已修复" in told["words"]
    assert case.row("2")["answer_code"] == "queued"


def test_the_same_case_settled_twice_by_the_same_log_is_told_once_and_reopened_again(case: Case, wechat: WeChatServer) -> None:
    case.report("1", "anna")
    case.settle("1")
    courier = case.courier(wechat)
    courier.deliver()
    case.step("1", "close")  # out of order: marked, changes nothing
    case.step("1", "feedback")
    courier.deliver()
    assert len(wechat.sent) == 1
    case.step("1", "reopen")
    assert (case.row("1")["answer_code"], case.row("1")["has_evidence"], case.ledger().owed) == ("", False, 0)
    case.settle("1", "重新焊接")
    courier.deliver()
    assert [row["round"] for row in case.answers()] == [0, 1] and "重新焊接" in wechat.sent[1][1]


def test_an_answer_that_became_untrue_before_it_left_is_withdrawn(case: Case, wechat: WeChatServer) -> None:
    case.report("1", "anna")
    case.settle("1")
    case.step("1", "reopen")
    case.courier(wechat).deliver()
    assert case.states() == [("withdrawn", "")] and wechat.sent == []


@pytest.mark.parametrize(("step", "proven"), [({"remark": "修好了"}, True), ({}, False)])
def test_settled_without_a_word_a_check_or_a_reason_is_without_evidence(case: Case, step: dict[str, str], proven: bool) -> None:
    case.report("1", None, media_count=3)  # what the reporter sent is no evidence of what was done
    case.step("1", "resolve", **step)
    case.step("1", "close")
    assert (case.row("1")["has_evidence"], case.ledger().unproven) == (proven, int(not proven))


def test_a_passed_check_is_evidence_and_a_failed_one_takes_it_back(case: Case) -> None:
    case.report("1", None)
    case.step("1", "resolve", remark="修好了")
    case.step("1", "check", outcome_code="fail")
    assert not case.row("1")["has_evidence"]
    case.step("1", "resolve")
    case.step("1", "check", outcome_code="pass")
    case.step("1", "close")
    assert case.row("1")["has_evidence"] and case.ledger().unproven == 0
