"""Prometheus figures of one server, in a registry of its own (prometheus_client, so that the format is right)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Meters:
    """Counters that requests move, and gauges set when somebody reads `/metrics`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "nightschool_requests", "Requests, by route and status.", ["route", "status"], registry=self.registry
        )
        self.answers = Counter(
            "nightschool_answers", "Answers made, by how they ended.", ["finish_reason"], registry=self.registry
        )
        self.tokens = Counter("nightschool_tokens", "Tokens of answers, by kind.", ["kind"], registry=self.registry)
        self.feedback = Counter(
            "nightschool_feedback", "Statements about answers, by metric.", ["metric"], registry=self.registry
        )
        self.first_token = Histogram(
            "nightschool_ttft_seconds", "Time to the first token.", buckets=SECONDS, registry=self.registry
        )
        self.duration = Histogram(
            "nightschool_answer_seconds", "Time of whole answers.", buckets=SECONDS, registry=self.registry
        )
        self._gauges: dict[str, Gauge] = {}

    def gauge(self, name: str, description: str, value: float) -> None:
        if name not in self._gauges:
            self._gauges[name] = Gauge(f"nightschool_{name}", description, registry=self.registry)
        self._gauges[name].set(value)

    def render(self) -> bytes:
        return generate_latest(self.registry)
