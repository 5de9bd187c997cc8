"""The official client, unmodified: stream, usage, tools, JSON schema, cancel, and reading back what was stored."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx2
import openai
import pytest

from tests.running import Running

HELLO: list[Any] = [{"role": "user", "content": "What is the capital of the island?"}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "the weather of a place",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "maxLength": 12}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
PLACE = {
    "type": "object",
    "properties": {"inhabited": {"type": "boolean"}, "size": {"enum": ["small", "large"]}},
    "required": ["inhabited", "size"],
    "additionalProperties": False,
}


def create(client: openai.OpenAI, **options: Any) -> Any:
    return client.chat.completions.create(**{"model": "nightschool", "messages": HELLO, "max_tokens": 24, **options})


def test_an_answer_with_usage_and_where_it_came_from(client: openai.OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(model="nightschool", messages=HELLO, max_tokens=24)
    answer = raw.parse()
    assert answer.usage is not None
    assert answer.usage.prompt_tokens > 5
    assert 0 < answer.usage.completion_tokens <= 24
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.choices[0].finish_reason in ("stop", "length")
    assert raw.headers["x-nightschool-trace-id"] == answer.id
    assert raw.headers["x-nightschool-variant"] == "base"
    assert raw.headers["x-nightschool-retrieved"] == ""
    ours = answer.model_extra["nightschool"]
    assert (ours["trace_id"], ours["stored"]) == (answer.id, True)
    assert ours["validation"]["status"] == "not_checked"


def test_a_stream_says_what_the_whole_answer_says(client: openai.OpenAI) -> None:
    whole = create(client, temperature=0)
    chunks = list(create(client, temperature=0, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert chunks[-1].usage.prompt_tokens == whole.usage.prompt_tokens
    assert chunks[-1].model_extra["nightschool"]["trace_id"] == chunks[0].id
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == whole.choices[0].finish_reason
    assert len(chunks) > 5


def test_a_stream_without_usage_has_none(client: openai.OpenAI) -> None:
    assert all(chunk.usage is None for chunk in create(client, stream=True))


def test_the_same_seed_says_the_same(client: openai.OpenAI) -> None:
    one, two = (create(client, seed=7, temperature=1.5).choices[0].message.content for _ in range(2))
    other = create(client, seed=8, temperature=1.5).choices[0].message.content
    assert one == two != other


def test_several_choices_are_several_answers_with_traces_of_their_own(client: openai.OpenAI) -> None:
    answer = create(client, n=3, seed=1, temperature=1.5)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in answer.choices}) == 3
    traces = {one["trace_id"] for one in answer.model_extra["nightschool"]["choices"]}
    assert len(traces) == 3
    for trace in traces:
        assert client.chat.completions.retrieve(trace).id == trace


def test_stop_ends_the_answer_before_the_stop_text(client: openai.OpenAI) -> None:
    whole = create(client, temperature=0, max_tokens=40).choices[0].message.content
    stop = whole[6:8]
    cut = create(client, temperature=0, max_tokens=40, stop=stop).choices[0]
    assert cut.message.content == whole[: whole.index(stop)]
    assert cut.finish_reason == "stop"


def test_logprobs_of_each_token(client: openai.OpenAI) -> None:
    answer = create(client, logprobs=True, top_logprobs=3, max_tokens=5, temperature=0)
    tokens = answer.choices[0].logprobs.content
    assert len(tokens) == answer.usage.completion_tokens
    for token in tokens:
        assert token.logprob <= 0
        assert len(token.top_logprobs) == 3
        assert token.top_logprobs[0].logprob == pytest.approx(token.logprob, abs=1e-4)


def test_a_required_tool_is_called_with_arguments_of_its_schema(client: openai.OpenAI) -> None:
    answer = create(client, tools=[WEATHER], tool_choice="required", max_tokens=200)
    assert answer.choices[0].finish_reason == "tool_calls"
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "get_weather"
    assert isinstance(json.loads(call.function.arguments)["city"], str)
    follow = create(
        client,
        tools=[WEATHER],
        tool_choice="none",
        messages=[
            *HELLO,
            {"role": "assistant", "tool_calls": [call.model_dump()]},
            {"role": "tool", "tool_call_id": call.id, "content": "rain"},
        ],
    )
    assert follow.choices[0].message.tool_calls is None


def test_a_streamed_tool_call_is_put_together_by_the_client(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(
        model="nightschool", messages=HELLO, tools=[WEATHER], tool_choice="required", max_tokens=200
    ) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    calls = final.choices[0].message.tool_calls
    assert calls is not None and calls[0].function.name == "get_weather"
    json.loads(calls[0].function.arguments)


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_in_a_json_schema(client: openai.OpenAI, stream: bool) -> None:
    form: Any = {"type": "json_schema", "json_schema": {"name": "place", "schema": PLACE, "strict": True}}
    answer = create(client, response_format=form, max_tokens=100, stream=stream)
    text = (
        "".join(chunk.choices[0].delta.content or "" for chunk in answer)
        if stream
        else answer.choices[0].message.content
    )
    place = json.loads(text)
    assert isinstance(place["inhabited"], bool)
    assert place["size"] in ("small", "large")


def test_any_json_object(client: openai.OpenAI) -> None:
    answer = create(client, response_format={"type": "json_object"}, max_tokens=300, temperature=0)
    if answer.choices[0].finish_reason == "stop":
        assert isinstance(json.loads(answer.choices[0].message.content), dict)


def computed(server: Running) -> int:
    with server.http() as http:
        lines = http.get("/metrics").text.splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith("nightschool_engine_tokens_computed "))))


@pytest.mark.slow
def test_hanging_up_stops_the_computing(slow_server: Running) -> None:
    with slow_server.openai() as client:
        stream = create(client, stream=True, max_tokens=3000, logit_bias={"2": -100})
        first = next(iter(stream))
        for _, _ in zip(range(3), stream, strict=False):
            pass
        stream.close()
        time.sleep(1)
        settled = computed(slow_server)
        time.sleep(1.5)
        assert computed(slow_server) == settled
        trace = client.chat.completions.retrieve(first.id)
    assert trace.model_extra["nightschool"]["finish_reason"] == "cancelled"
    assert trace.choices[0].message.content


@pytest.mark.slow
def test_hanging_up_without_a_stream_stops_the_computing_too(slow_server: Running) -> None:
    with slow_server.http(timeout=0.7) as http, pytest.raises(httpx2.ReadTimeout):
        body = {"model": "m", "messages": HELLO, "max_tokens": 3000, "logit_bias": {"2": -100}}
        http.post("/v1/chat/completions", json=body)
    time.sleep(1)
    settled = computed(slow_server)
    time.sleep(1.5)
    assert computed(slow_server) == settled


def test_stored_answers_are_listed_read_changed_and_deleted(client: openai.OpenAI) -> None:
    made = [create(client, metadata={"batch": "list", "number": str(at)}) for at in range(5)]
    ids = [answer.id for answer in made]
    listed = client.chat.completions.list(metadata={"batch": "list"}, order="asc", limit=2)
    assert [answer.id for answer in listed] == ids, "the client's pages, one after the other"
    newest = client.chat.completions.list(metadata={"batch": "list"}, limit=1)
    assert newest.data[0].id == ids[-1]

    read = client.chat.completions.retrieve(ids[0])
    assert read.choices[0].message.content == made[0].choices[0].message.content
    assert read.metadata == {"batch": "list", "number": "0"}
    messages = client.chat.completions.messages.list(ids[0])
    assert [message.content for message in messages] == [HELLO[0]["content"]]

    changed = client.chat.completions.update(ids[0], metadata={"batch": "other"})
    assert changed.metadata == {"batch": "other"}
    assert client.chat.completions.retrieve(ids[0]).metadata == {"batch": "other"}
    assert [answer.id for answer in client.chat.completions.list(metadata={"batch": "other"})] == ids[:1]

    assert client.chat.completions.delete(ids[0]).deleted
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.retrieve(ids[0])


def test_store_false_records_nothing(server: Running, client: openai.OpenAI) -> None:
    secret = "the word xylophonquartz is not to be kept"
    answer = create(client, messages=[{"role": "user", "content": secret}], store=False)
    assert answer.model_extra["nightschool"]["stored"] is False
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.retrieve(answer.id)
    for path in server.home.rglob("*"):
        if path.is_file():
            assert b"xylophonquartz" not in path.read_bytes(), path


def test_metadata_says_role_conversation_and_agent(server: Running, client: openai.OpenAI) -> None:
    answer = create(client, metadata={"role": "coder", "conversation_id": "c-7", "agent": "direct"})
    ours = answer.model_extra["nightschool"]
    assert (ours["agent"], ours["conversation_id"]) == ("direct", "c-7")
    by_name = create(client, model="nightschool:direct").model_extra["nightschool"]
    assert by_name["agent"] == "direct"
    with pytest.raises(openai.NotFoundError):
        create(client, model="nightschool:nobody")
    with pytest.raises(openai.BadRequestError):
        create(client, metadata={"role": "emperor"})
    with pytest.raises((openai.NotFoundError, openai.BadRequestError), match="no variant"):
        create(client, metadata={"adapter": "not-there"})


def test_any_model_name_is_answered_by_the_one_that_is_there(client: openai.OpenAI) -> None:
    answer = create(client, model="gpt-6-astra")
    assert answer.model == "tiny"
    assert client.models.retrieve("gpt-6-astra").id == "tiny"
    assert client.models.list().data[0].id == "tiny"
    with pytest.raises(openai.PermissionDeniedError):
        client.models.delete("tiny")


def test_raw_completions_with_echo_and_logprobs(client: openai.OpenAI) -> None:
    plain = client.completions.create(model="m", prompt="The quick", max_tokens=6, temperature=0)
    echoed = client.completions.create(model="m", prompt="The quick", max_tokens=6, temperature=0, echo=True)
    assert echoed.choices[0].text == "The quick" + plain.choices[0].text
    several = client.completions.create(model="m", prompt=["The", "A"], max_tokens=2, n=2)
    assert [choice.index for choice in several.choices] == [0, 1, 2, 3]
    chosen = client.completions.create(model="m", prompt="The quick", max_tokens=4, logprobs=2).choices[0]
    assert chosen.logprobs is not None
    assert len(chosen.logprobs.tokens or []) == len(chosen.logprobs.token_logprobs or []) == 4
    stream = client.completions.create(model="m", prompt="The quick", max_tokens=6, temperature=0, stream=True)
    assert "".join(chunk.choices[0].text for chunk in stream) == plain.choices[0].text
    for refused in ({"suffix": "end"}, {"prompt": [1, 2, 3]}, {"best_of": 3}):
        with pytest.raises(openai.BadRequestError):
            client.completions.create(**{"model": "m", "prompt": "x", **refused})  # type: ignore[call-overload]


@pytest.mark.slow
def test_embeddings_as_floats_and_base64(client: openai.OpenAI) -> None:
    near, far = "the cat sat on the mat", "quarterly tax report"
    vectors = client.embeddings.create(
        model="m", input=[near, "a cat is sitting on a mat", far], encoding_format="float"
    )
    one, two, three = (item.embedding for item in vectors.data)
    assert len(one) == 384
    assert (
        sum(a * b for a, b in zip(one, two, strict=True))
        > 0.6
        > 0.3
        > sum(a * b for a, b in zip(one, three, strict=True))
    )
    short = client.embeddings.create(model="m", input=near, dimensions=8, encoding_format="float").data[0].embedding
    assert len(short) == 8
    assert sum(value * value for value in short) == pytest.approx(1, abs=1e-5)
    raw = client.embeddings.with_raw_response.create(model="m", input=near, encoding_format="base64")
    text = json.loads(raw.text)["data"][0]["embedding"]
    assert len(base64.b64decode(text)) == 384 * 4
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="m", input=[[1, 2, 3]])
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="m", input=near, dimensions=1000)


def test_responses_once_and_in_a_chain(client: openai.OpenAI) -> None:
    first = client.responses.create(
        model="m", input="What is the capital?", instructions="Be short.", max_output_tokens=12
    )
    assert first.object == "response"
    assert first.output[0].type == "message"
    assert first.instructions == "Be short."
    assert client.responses.retrieve(first.id).output_text == first.output_text
    second = client.responses.create(
        model="m", input="And of the sea?", previous_response_id=first.id, max_output_tokens=12
    )
    assert second.previous_response_id == first.id
    items = client.responses.input_items.list(second.id, order="asc").data
    said = [item.content[0].text for item in items]  # type: ignore[union-attr]
    assert said == ["What is the capital?", first.output_text, "And of the sea?"]
    assert second.instructions is None
    client.responses.delete(second.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(second.id)


def test_a_response_as_a_stream(client: openai.OpenAI) -> None:
    with client.responses.stream(model="m", input="What is the capital?", max_output_tokens=12) as stream:
        events = list(stream)
        final = stream.get_final_response() if events[-1].type == "response.completed" else None
    kinds = [event.type for event in events]
    assert kinds[0] == "response.created"
    assert kinds[-1] in ("response.completed", "response.incomplete")
    assert [event.sequence_number for event in events] == sorted(event.sequence_number for event in events)
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text
    if final is not None:
        assert final.output_text == text


def test_a_response_that_calls_a_function_and_one_in_a_schema(client: openai.OpenAI) -> None:
    tool: Any = {"type": "function", "strict": True, **WEATHER["function"]}
    called = client.responses.create(
        model="m", input="Weather?", tools=[tool], tool_choice="required", max_output_tokens=200
    )
    call = next(item for item in called.output if item.type == "function_call")
    assert call.name == "get_weather"
    answer: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}
    follow = client.responses.create(
        model="m", input=[answer], previous_response_id=called.id, tools=[tool], tool_choice="none", max_output_tokens=8
    )
    assert follow.status in ("completed", "incomplete")
    form: Any = {"format": {"type": "json_schema", "name": "place", "schema": PLACE, "strict": True}}
    shaped = client.responses.create(model="m", input="Which?", text=form, max_output_tokens=100)
    assert set(json.loads(shaped.output_text)) == {"inhabited", "size"}
    with client.responses.stream(
        model="m", input="Weather?", tools=[tool], tool_choice="required", max_output_tokens=200
    ) as stream:
        final = stream.get_final_response()
    assert any(item.type == "function_call" for item in final.output)
