"""The class and the complexity of a request, by rules alone: total, deterministic, the same on every machine.

The last user message is judged; of a very long one its start and its end. The first class whose rule matches wins:

1. `code`     fenced code, a traceback, a source file's name, or a coding word ("refactor", "regex", "SQL query")
2. `math`     an arithmetic expression, or a word of calculation ("solve", "integral", "percent of")
3. `writing`  a verb of making text ("draft", "rewrite", "translate"), or "write" with a kind of text
4. `chat`     a greeting, thanks, or a question on the assistant itself ("how are you", "who are you")
5. `lookup`   a question mark, a question word at the start, or a verb of asking ("find", "list", "explain", "verify")
6. `chat`     everything else

Complexity counts points: one each for more than 40, 120 and 400 words; for two and for four separate requests; for a
word of hard work ("prove", "design", "migrate", ...) and for two such words; for 12 and 60 lines; for a conversation of
more than six turns; for tools to choose from. No point is `easy`, one or two are `medium`, more are `hard`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.records import Complexity, Message, QueryClass

HEAD, TAIL = 8_000, 4_000
"""Characters of a very long message that the rules look at."""

_CODE = re.compile(
    r"```|traceback \(most recent"
    r"|^[ \t]{0,40}(?:def|class|import|from|func|fn|public|const|#include)\b[^.?!\n]{0,200}[:;({=<]"
    r"|\b[\w-]+\.(?:py|js|ts|tsx|rs|go|c|cc|cpp|h|java|rb|sh|sql|toml|yaml|yml|json|html|css)\b"
    r"|\b(?:refactor|debug|regex|regexp|compile|compiler|stack ?trace|segfault|unit tests?|pull request|source code"
    r"|sql query|sql|dockerfile|makefile|javascript|typescript|python|rust|golang|c\+\+|bash script|shell script)\b"
    r"|\b(?:function|method|script|code|program|class|decorator|endpoint|snippet) (?:that|which|to|for|named|called)\b"
    r"|\bwrite (?:some |me |a |an |the )*(?:code|function|script|program|class|test|query)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MATH = re.compile(
    r"\d\s*(?:[+*×÷^]|\*\*|//)\s*\(?-?\d|\d\s+[-−/%]\s+\(?-?\d|\d\)?\s*=\s*\?|\b\d+(?:\.\d+)?\s?% of\b"
    r"|\b(?:solve|equation|integral|integrate|derivative|differentiate|factori[sz]e|logarithm|square root|cube root"
    r"|percent of|calculate|calculation|compute the|arithmetic|probability|matrix|theorem|sum of \d|product of \d"
    r"|divided by|multiplied by|\d+ (?:plus|minus|times) \d+)\b",
    re.IGNORECASE,
)
_WRITING = re.compile(
    r"\b(?:draft|rewrite|rephrase|paraphrase|reword|proofread|summari[sz]e|translate|compose|shorten|brainstorm)\b"
    r"|\bwrite\b[^.?!\n]{0,60}\b(?:e-?mail|letter|poem|essay|story|blog|post|article|speech|haiku|tweet|note|message"
    r"|paragraph|summary|report|cover letter|review|invitation|song|text|reply|announcement|description)\b"
    r"|\b(?:make|improve|fix|polish)\b[^.?!\n]{0,40}\b(?:wording|grammar|spelling|tone|style|text|sentence|paragraph)\b",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"^\W*(?:(?:hello|hi|hey|good (?:morning|evening|day|night|afternoon)|greetings|thanks?|thank you|bye|goodbye"
    r"|ok(?:ay)?|yes|no|great|cool|nice)\b[\w\s,]{0,20}"
    r"|(?:how|who|what) are you[\w\s]{0,20}|what(?:'s| is) your name|what can you do|help(?: me)?)\W*$",
    re.IGNORECASE,
)
_LOOKUP = re.compile(
    r"[?？؟]|^\W*(?:who|what|when|where|which|why|whose|whom|how|is|are|was|were|do|does|did|can|could|will|would"
    r"|should|has|have)\b"
    r"|\b(?:find|look up|search|list|tell me|explain|describe|define|show me|give me|name the|verify|check|audit"
    r"|recall|remind me|i (?:need|want) to know)\b",
    re.IGNORECASE,
)
_HARD_WORK = re.compile(
    r"\b(?:prove|proof|design|architect(?:ure)?|refactor|migrat(?:e|ion)|optimi[sz]e|debug|concurren(?:t|cy)"
    r"|deadlock|race condition|trade-?offs?|compare|evaluate|analy[sz]e|derive|schema|public api|step by step"
    r"|comprehensive|in detail|threat model|benchmark|distributed|backwards? compatib\w*|edge cases?|root cause)\b",
    re.IGNORECASE,
)
_REQUESTS = re.compile(
    r"[?？؟]|^[ \t]{0,40}(?:\d{1,3}[.)]|[-*•])[ \t]\S|\b(?:and then|after that|also|finally)\b", re.I | re.M
)


def classify(messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> tuple[QueryClass, Complexity]:
    """Class and complexity of the last user message; `tools` are the ones the client offers. Never raises."""
    text = task_text(messages, HEAD, TAIL)
    return query_class(text), complexity(messages, tools)


def query_class(text: str) -> QueryClass:
    """The class of one text, by the first rule that matches (see the module)."""
    if _CODE.search(text):
        return "code"
    if _MATH.search(text):
        return "math"
    if _WRITING.search(text):
        return "writing"
    if _SMALL_TALK.match(text):
        return "chat"
    return "lookup" if _LOOKUP.search(text) else "chat"


def complexity(messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> Complexity:
    """How much work the last user message asks for: points as the module says."""
    whole = last_user_text(messages)
    text = bounded(whole, HEAD, TAIL)
    words, lines = len(whole.split()), whole.count("\n") + 1
    requests = len(_REQUESTS.findall(text))
    hard = len({found.lower() for found in _HARD_WORK.findall(text)})
    turns = sum(message.role == "user" for message in messages)
    points = sum(words > limit for limit in (40, 120, 400))
    points += sum(requests >= limit for limit in (2, 4)) + sum(hard >= limit for limit in (1, 2))
    points += sum(lines > limit for limit in (12, 60)) + (turns > 6) + bool(tools)
    return "easy" if points == 0 else "medium" if points <= 2 else "hard"


def task_text(messages: Sequence[Message], head: int = 1_500, tail: int = 1_000) -> str:
    """What retrieval is asked with: the last user message, of a long one its start and its end."""
    return bounded(last_user_text(messages), head, tail)


def last_user_text(messages: Sequence[Message]) -> str:
    """The text of the last user message; of the last message with any text where there is no user; else empty."""
    said = [m for m in messages if m.content]
    users = [m for m in said if m.role == "user"]
    return ((users or said)[-1].content or "") if said else ""


def bounded(text: str, head: int, tail: int) -> str:
    """`text`, or its first `head` and last `tail` characters around an ellipsis where it is longer."""
    return text if len(text) <= head + tail else f"{text[:head]}\n…\n{text[-tail:]}"
