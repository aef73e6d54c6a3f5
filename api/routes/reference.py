"""The contract, a page to read it, and a page for each problem. No script, nothing from elsewhere."""

from __future__ import annotations

from cadencia.api.call import Answer, Call
from cadencia.api.pages import problem_page, problems_page, reference_page
from cadencia.api.problem import STATUS, Problem
from cadencia.api.route import Route
from cadencia.api.writing import HTML


async def contract(call: Call) -> Answer:
    """OpenAPI 3.1."""
    return Answer(call.parts.contract, media="application/json")


async def reference(call: Call) -> Answer:
    """All routes on one page."""
    return Answer(reference_page(call.parts.routes.all), media=HTML)


async def problems(call: Call) -> Answer:
    """All problems."""
    return Answer(problems_page(call.language), media=HTML)


async def problem(call: Call) -> Answer:
    """One problem in three languages, the reader's first."""
    code = call.values["name"].replace("-", "_")
    if code not in STATUS or "_" in call.values["name"]:
        raise Problem("not_found")
    return Answer(problem_page(code, call.language), media=HTML)


ROUTES = (
    Route(method="GET", path="/openapi.json", handler=contract, scope=None, answer=dict,
          summary="This contract"),
    Route(method="GET", path="/reference", handler=reference, scope=None, media=HTML, summary="This contract to read"),
    Route(method="GET", path="/problems", handler=problems, scope=None, media=HTML, summary="All problems"),
    Route(method="GET", path="/problems/{name}", handler=problem, scope=None, media=HTML, summary="One problem"),
)  # fmt: skip
