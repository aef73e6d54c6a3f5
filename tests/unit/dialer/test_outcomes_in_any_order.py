"""Late, repeated and out-of-order outcomes end in the same counters as the ordered run."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cadencia.dialer.gate import Gate
from cadencia.dialer.refusals import GateError
from cadencia.engine.words import EventKind
from cadencia.store.memory import MemoryLedger
from tests.unit.dialer.doors import Times, counted, opened, run, wanted
from tests.unit.dialer.test_restart import events
from tests.unit.engine.books import ALL_DAY, cap, rule, window

RULES = (
    rule("hours", window(ALL_DAY), kind="contact_window"), rule("all", cap(1000, n=7)),
    rule("talks", cap(1000, n=7, kinds=1 << EventKind.conversation)),
    rule("by-debt", cap(1000, n=7, same=1)), rule("tries", cap(1000, n=7, kinds=1 << EventKind.no_answer)),
)  # fmt: skip
ENDS = ("no_answer", "busy", "conversation", "machine", "wrong_party")
#: of each attempt: its debt, how it ended, whether it was corrected to something else
attempts = st.lists(
    st.tuples(st.sampled_from("de"), st.sampled_from(ENDS), st.none() | st.sampled_from(ENDS)), min_size=1, max_size=6
)


async def told(plan: list[Any], order: list[int]) -> tuple[Gate, dict[str, int]]:
    """Places every attempt of the plan, then tells its outcomes in this order: attempt k // 2, its end or its
    correction. What comes twice, or before what it corrects, is refused and told again at the end, in order."""
    ledger, times = MemoryLedger(), Times()
    gate, _ = await opened(*RULES, ledger=ledger, times=times)
    permits = []
    for k, (debt, _, _) in enumerate(plan):
        permit = (await gate.reserve(wanted(debt=debt), key=str(k))).permit
        assert permit is not None
        assert (await gate.place(permit)).placed
        permits.append(permit)
        times.go(7)
    at = times.now
    for step in (*order, *range(2 * len(plan))):
        k, correction = divmod(step, 2)
        end = plan[k][1 + correction]
        if end is None:
            continue
        try:
            await (gate.correct if correction else gate.settle)(permits[k].attempt, end, at)
        except GateError as refused:
            assert refused.code in ("already_settled", "already_corrected", "not_settled")
        times.go(3)
    await gate.close()
    again, _ = await opened(*RULES, ledger=ledger, times=times)
    assert events(again) == events(gate)
    return gate, await counted(gate, wanted(debt="d"))


@settings(max_examples=60, deadline=None)
@given(plan=attempts, data=st.data())
def test_any_order_ends_in_the_same_counters(plan: list[Any], data: st.DataObject) -> None:
    steps = st.lists(st.integers(0, 2 * len(plan) - 1), max_size=4 * len(plan))
    order = data.draw(steps)

    async def test() -> None:
        ordered, counters = await told(plan, [])
        anyhow, same = await told(plan, order)
        assert events(anyhow) == events(ordered)
        assert same == counters

    run(test)
