"""Settings of the learning by night, by the names of the seeds; kept for when the stages that read them are built."""

from functools import partial
from typing import Annotated, Literal

from core.config.section import Section, setting

learning = partial(setting, page="learning", later=True)
training = partial(setting, page="training", later=True)
Tier = Literal["", "auto", "review", "manual"]
AlwaysManual = Literal["", "manual"]


class TriggersConfig(Section, frozen=True):
    scheduled_enabled: Annotated[bool, learning("Study on a schedule", "Study at the time below.")] = True
    scheduled_cron: Annotated[
        str,
        learning("When", "When to study, as cron writes it, in local time; 0 3 * * * is daily at 03:00.", kind="cron"),
    ] = "0 3 * * *"
    scheduled_min_new_traces: Annotated[
        int, learning("New answers needed", "Fewest new answers for a scheduled night.", ge=1, le=100_000)
    ] = 20
    cluster_enabled: Annotated[
        bool, learning("Study when failures gather", "Study early when failures of one kind gather.")
    ] = True
    cluster_check_interval_minutes: Annotated[
        int, learning("Look for failures every", "How often to look for them.", unit="minutes", ge=1, le=10_080)
    ] = 60
    cluster_min_size: Annotated[
        int, learning("Failures that count", "Fewest failures of one kind.", ge=2, le=10_000)
    ] = 5
    cluster_failure_threshold: Annotated[
        float, learning("What is a failure", "Feedback up to this is a failure.", ge=0, le=1, kind="percent")
    ] = 0.3


class GateConfig(Section, frozen=True):
    min_improvement: Annotated[
        float, learning("Least improvement", "Least gain in score that a change needs.", ge=0, le=1, kind="percent")
    ] = 0.0
    max_regression: Annotated[
        float, learning("Most loss", "Most that any kind of task may fall.", ge=0, le=1, kind="percent")
    ] = 0.05
    benchmark_subsample_size: Annotated[
        int, learning("Tasks a run", "Tasks of the benchmark in one run of the gate.", ge=1, le=10_000)
    ] = 50
    full_benchmark: Annotated[bool, learning("Whole benchmark", "Take every task instead.")] = False


class BenchmarkConfig(Section, frozen=True):
    synthesis_feedback_threshold: Annotated[
        float, learning("Good enough for a task", "Least feedback of an answer that becomes a task.",
                        ge=0, le=1, kind="percent")
    ] = 0.7  # fmt: skip
    max_benchmark_size: Annotated[int, learning("Most tasks", "Most tasks in the benchmark.", ge=1, le=100_000)] = 200
    auto_refresh: Annotated[bool, learning("Grow by itself", "Take new answers that you liked into the benchmark.")] = (
        True
    )
    max_synthesis_cost_usd_per_refresh: Annotated[
        float,
        learning("Budget of a refresh", "Most that the teacher may cost to write the tasks' answers.",
                 ge=0, le=10_000, unit="USD", kind="money"),
    ] = 2.0  # fmt: skip


def tier(label: str, usual: str) -> object:
    return learning(label, f"Who lets it through; empty is {usual}.")


class TierOverridesConfig(Section, frozen=True):
    """One key for each operation; empty keeps its tier."""

    set_model_for_query_class: Annotated[Tier, tier("Model for a kind of question", "auto")] = ""
    set_model_param: Annotated[Tier, tier("Model parameter", "auto")] = ""
    set_agent_param: Annotated[Tier, tier("Agent parameter", "auto")] = ""
    add_tool_to_agent: Annotated[Tier, tier("Tool given", "auto")] = ""
    remove_tool_from_agent: Annotated[Tier, tier("Tool taken", "auto")] = ""
    edit_tool_description: Annotated[Tier, tier("Tool description", "auto")] = ""
    patch_system_prompt: Annotated[Tier, tier("Change to a system prompt", "review")] = ""
    replace_system_prompt: Annotated[Tier, tier("New system prompt", "review")] = ""
    set_agent_class: Annotated[Tier, tier("Kind of agent", "review")] = ""
    edit_few_shot_exemplars: Annotated[Tier, tier("Fixed examples", "review")] = ""
    lora_finetune: Annotated[AlwaysManual, tier("Training of an adapter", "manual, and it stays so")] = ""


class DistillationConfig(Section, frozen=True):
    enabled: Annotated[bool, learning("Learn by night", "Let the teacher study what you rated.")] = True
    autonomy_mode: Annotated[
        Literal["auto", "tiered", "manual"],
        learning("Autonomy", "auto asks never, tiered by the risk of the change, manual always."),
    ] = "tiered"
    teacher_model: Annotated[str, learning("The teacher's model", "Model that studies by night.")] = "claude-opus-4-6"
    max_cost_per_session_usd: Annotated[
        float,
        setting("Budget of a session", "Most that the teacher may cost in one session.", page="teacher", later=True,
                ge=0, le=10_000, unit="USD", kind="money"),
    ] = 5.0  # fmt: skip
    max_tool_calls_per_diagnosis: Annotated[
        int, learning("Looks of a diagnosis", "Most tool calls of the teacher in a diagnosis.", ge=1, le=1000)
    ] = 30
    triggers: TriggersConfig = TriggersConfig()
    gate: GateConfig = GateConfig()
    benchmark: BenchmarkConfig = BenchmarkConfig()
    tier_overrides: TierOverridesConfig = TierOverridesConfig()


class LearningConfig(Section, frozen=True):
    distillation: DistillationConfig = DistillationConfig()


class TrainingConfig(Section, frozen=True):
    enabled: Annotated[bool, training("Train adapters", "Train an adapter when there is enough to learn from.")] = True
    min_examples: Annotated[
        int, training("Examples needed", "Fewest good examples for a training.", ge=1, le=1_000_000)
    ] = 500
    min_quality: Annotated[
        float, setting("Quality needed", "Least quality of an example, from 1 to 5.", page="training", ge=1, le=5)
    ] = 4.0
    base_model: Annotated[str, training("Base model", "Model that is trained; empty is the student's own base.")] = ""
    lora_rank: Annotated[int, training("Rank", "Rank of the adapter.", ge=1, le=256)] = 16
    epochs: Annotated[int, training("Rounds", "How often each example is seen.", ge=1, le=100)] = 3
