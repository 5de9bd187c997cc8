"""A chat template comes with a stranger's model file: it may not hang us, fill the memory, or reach the machine."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.engine.template import render
from core.errors import BadRequest
from core.records import Message

LIMIT_S = 1.0
HOSTILE = {
    "endless loop": "{% for i in range(10**9) %}x{% endfor %}",
    "nested loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "huge string": "{{ 'a' * 10**11 }}",
    "huge number": "{{ 9**(9**9) }}",
    "doubling": "{% set n = namespace(s='aa') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
    "doubling lists": (
        "{% set n = namespace(l=[1]) %}{% for i in range(70) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }}"
    ),
    "recursion": "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
    "branching recursion": (
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(200) }}"
    ),
    "padding": "{{ '%099999999999d' % 1 }}",
    "format": "{{ '{:>99999999999}'.format('a') }}",
    "centre": "{{ 'a' | center(99999999999) }}",
    "replace": "{{ ('a' * 100000) | replace('a', 'b' * 100000) }}",
    "join": "{{ (range(99999) | list) | join('x' * 99999) }}",
    "much output": "{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}",
    "slow search": "{% for i in range(99999) %}{% if ((i ~ '<') * 50000) | striptags %}{% endif %}{% endfor %}",
    "much source": "{{ 1 }}" * 80000,
    "deep source": "{{ " + "(" * 50000 + ")" * 50000 + " }}",
}
ESCAPES = {
    "classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals": "{{ raise_exception.__globals__ }}",
    "code": "{{ strftime_now.func.__code__ }}",
    "format attribute": "{{ '{0.__class__.__init__.__globals__}'.format(strftime_now) }}",
    "indirect format": "{{ ('{0.__class__}' | attr('format'))(messages) }}",
    "format map": "{{ '{a.__class__}'.format_map({'a': messages}) }}",
    "cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "lipsum": "{{ lipsum.__globals__['os'] }}",
    "attribute filter": "{{ '' | attr('__class__') }}",
    "import": "{% import 'os' as os %}",
    "change the messages": "{{ messages.append(1) }}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_chat_template(name: str) -> None:
    start = time.perf_counter()
    with pytest.raises(BadRequest) as caught:
        render(HOSTILE[name], [Message(role="user", content="Hi")], limit_s=LIMIT_S)
    took = time.perf_counter() - start
    assert caught.value.code == "template_error"
    assert took < 2 * LIMIT_S + 3
    assert render(None, [Message(role="user", content="Hi")]), "the next conversation is served"


@pytest.mark.parametrize("name", ESCAPES)
def test_template_escaping_the_sandbox(name: str, tmp_path: Path) -> None:
    try:
        prompt = "".join(p.text for p in render(ESCAPES[name], [Message(role="user", content="Hi")]))
    except BadRequest:
        return
    assert prompt.strip() in ("", "None", "[]"), f"the sandbox gave away: {prompt[:200]}"
