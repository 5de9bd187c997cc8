"""The tokenizer: byte-level BPE in which every syllable of an invented name is one token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.simulate import words
from core.simulate.student.lessons import Lessons
from core.simulate.world import World

if TYPE_CHECKING:
    from tokenizers import Tokenizer

VOCABULARY = 2048
END_OF_TEXT, START, END, PAD = "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>"
SPECIAL = (END_OF_TEXT, START, END, PAD)
CHAT_TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def build(seed: int = 0) -> Tokenizer:
    """Train the tokenizer; same bytes for the same seed. Its splitting is GPT-2's, as llama.cpp names it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(seed), trainer)
    return tokenizer


def _texts(seed: int) -> Iterator[str]:
    for _ in range(3000):
        yield "".join(f" {s.capitalize()} {s}" for s in words.SYLLABLES) + "\n" + "\n".join(words.SYLLABLES)
    nouns = (*words.NOUNS, *words.RESERVED_NOUNS, *words.ADJECTIVES, *words.RESERVED_ADJECTIVES)
    for _ in range(300):
        yield "".join(f" {noun}" for noun in nouns)
    lessons = Lessons(World().known(), f"tokenizer {seed}")
    for _ in range(3000):
        for role, content in lessons.draw(2):
            yield f"{role}\n{_without_inventions(content)}\n"


def _without_inventions(text: str) -> str:
    """Names and numbers left out, so that no token spans two syllables or two digits."""
    known = set(words.SYLLABLES)
    kept = []
    for word in text.replace("\n", " \n ").split(" "):
        letters = "".join(c for c in word if c.isalpha()).lower()
        parts_invented = any(letters.startswith(s) for s in known) and letters not in _PLAIN
        kept.append("" if parts_invented or any(c.isdigit() for c in word) else word)
    return " ".join(kept)


def _plain_words() -> frozenset[str]:
    from core.simulate import facts, skills
    from core.simulate.student import lessons

    texts = [*sum(facts.TRAINED.values(), ()), *facts.STEPS, *facts.VERBS, facts.IDK, *lessons.AGENTS]
    texts += [
        *lessons.CHECKS,
        *lessons.OTHER_STATEMENTS,
        *skills.GREETINGS,
        *skills.ECHOES,
        *skills.RULES,
        skills.HELLO,
    ]
    texts += [*skills.SUMS, *skills.CLOCKS, *skills.FINDERS, *skills.USELESS, skills.CALL_RULE]
    texts += [*skills.SUM_QUESTIONS, *skills.CLOCK_QUESTIONS, *sum(skills.TALK, ()), *words.NOUNS, *words.ADJECTIVES]
    found = {"".join(c for c in word if c.isalpha()).lower() for text in texts for word in text.split()}
    return frozenset(found | {"system", "user", "assistant", "tool", "past", "partial", "data", "work", "checks"})


_PLAIN = _plain_words()


def chat_text(messages: list[tuple[str, str]]) -> list[tuple[str, bool]]:
    """The chat as pieces of text, and whether each is learned (what the assistant writes, and its end)."""
    pieces: list[tuple[str, bool]] = []
    for role, content in messages:
        pieces += [(f"{START}{role}\n", False), (f"{content}{END}", role == "assistant"), ("\n", False)]
    return pieces
