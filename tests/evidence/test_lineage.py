"""What an adapter was trained on is told by run, a correction by what it corrects; and who cannot say is named."""

from __future__ import annotations

from core.evidence import lineage
from core.paths import Home


def test_adapters_by_what_they_were_trained_on(home: Home) -> None:
    lineage.write(home.adapters / "one", ["t2", "t1", "t1"])
    lineage.write(home.adapters / "two", ["t3/correction"])
    (home.adapters / "silent").mkdir()
    (home.adapters / "broken").mkdir()
    (home.adapters / "broken" / lineage.NAME).write_text('{"run_id": 1}\n')
    assert (home.adapters / "one" / lineage.NAME).read_text() == '{"run_id":"t1"}\n{"run_id":"t2"}\n'
    unknown = ("broken", "silent")
    assert lineage.trained_on(home, {"t1"}) == lineage.Adapters(trained=("one",), unknown=unknown)
    assert lineage.trained_on(home, {"t3"}) == lineage.Adapters(trained=("two",), unknown=unknown)
    assert lineage.trained_on(home, {"t4"}) == lineage.Adapters(trained=(), unknown=unknown)


def test_without_adapters(home: Home) -> None:
    assert lineage.trained_on(home, {"t1"}) == lineage.Adapters(trained=(), unknown=())
