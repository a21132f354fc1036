"""The simulations that `bench_routing.py` compares: who is served by which rule, how loaded."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace

from rich.progress import track

from routing.care import Care
from routing.policy import DEFAULT_DOCUMENT, Ladder, Policy, read_policy
from routing.simulate import rivals
from routing.simulate.floor import Rules, simulate
from routing.simulate.load import Interpreting, Profile, Ringing, draw_callers
from routing.simulate.measures import WARM_UP, Measures, measure
from routing.simulate.roster import draw_roster

# The load model of the research: rest after a crisis, and nothing else that care asks for.
CARE = Care(rest_after_crisis_s=600.0, crisis_in_a_row=1000, break_every_s=math.inf)
# As a line really works (R9): breaks and rests, and no more than two crisis calls in a row.
WHOLE_CARE = Care()
AT_WORK = WHOLE_CARE.break_every_s / (WHOLE_CARE.break_every_s + WHOLE_CARE.break_s)
PROFILE = Profile()
POLICY = read_policy(DEFAULT_DOCUMENT)
# The default as it was: who speaks no common language is asked after 60 s, in danger after 20. It
# shows what the default bought. What a caller understands is drawn for each of them.
SOON_S, SOON_IN_DANGER_S = 60.0, 20.0


def last_after(ladder: Ladder, after_s: float) -> Ladder:
    """The ladder with another time for its last step."""
    return replace(ladder, rungs=(*ladder.rungs[:-1], replace(ladder.rungs[-1], after_s=after_s)))


def asked_after(routine_s: float, crisis_s: float) -> Policy:
    """The default plan with other times for those who speak no common language."""
    return replace(
        POLICY,
        routine=last_after(POLICY.routine, routine_s),
        crisis=last_after(POLICY.crisis, crisis_s),
    )


CHARGE = Interpreting()
HARD = replace(PROFILE, crisis=0.20)
RINGS = replace(PROFILE, ringing=Ringing())
ALONE = replace(POLICY, crisis=replace(POLICY.crisis, ring=1))


def whole(policy: Policy) -> Rules:
    """How a line works that has this plan."""
    return Rules(plan_of=policy.plan_for, care=WHOLE_CARE, interpreting=CHARGE)


POLICIES: dict[str, Callable[[], Rules]] = {
    "ours": lambda: Rules(plan_of=POLICY.plan_for, care=CARE, interpreting=CHARGE),
    "pooled": lambda: rivals.pooled(CARE),
    "floor": lambda: rivals.skill_floor(CARE, PROFILE),
    "strict": lambda: rivals.strict(CARE),
    "whole": lambda: whole(POLICY),
    "whole, sooner": lambda: whole(asked_after(SOON_S, SOON_IN_DANGER_S)),
    "whole, 30 s": lambda: whole(asked_after(30.0, 5.0)),
    "whole, 120 s": lambda: whole(asked_after(120.0, 5.0)),
    "whole, 900 s": lambda: whole(asked_after(900.0, 5.0)),
    "whole, pooled": lambda: rivals.pooled(WHOLE_CARE),
    "whole, language": lambda: rivals.skill_floor(WHOLE_CARE, PROFILE),
    "whole, waits": lambda: replace(whole(POLICY), sharing=False),
    "whole, alone": lambda: whole(ALONE),
}
WHOLE = [name for name in POLICIES if name.startswith("whole")]
COMPARED = [name for name in POLICIES if name not in WHOLE]
SHARING = ["whole", "whole, waits", "whole, alone"]
R9 = ["whole", "whole, sooner", "whole, pooled", "whole, language"]
FRONTIER = {
    "30 s": "whole, 30 s",
    "60 s": "whole, sooner",
    "120 s": "whole, 120 s",
    "300 s (default)": "whole",
    "900 s": "whole, 900 s",
}
PROFILES = {
    "usual": PROFILE,
    "hard": HARD,
    "ringing": RINGS,
    "ringing, hard": replace(HARD, ringing=Ringing()),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One simulation."""

    policy: str
    counselors: int
    load: float
    seed: int
    callers: int
    profile: str = "usual"

    @property
    def key(self) -> tuple[str, int, float, str]:
        """What seeds repeat."""
        return self.policy, self.counselors, self.load, self.profile


def run(case: Case) -> Measures:
    """In a process of its own."""
    profile = PROFILES[case.profile]
    care = WHOLE_CARE if case.policy in WHOLE else CARE
    at_work = case.counselors * (AT_WORK if case.policy in WHOLE else 1.0)
    per_hour = profile.calls_per_hour(case.load, at_work, care)
    callers = draw_callers(
        profile, calls_per_hour=per_hour, hours=case.callers / per_hour, seed=case.seed
    )
    roster = draw_roster(profile, case.counselors, seed=case.seed)
    rules = POLICIES[case.policy]()
    return measure(simulate(callers, roster, rules, ringing=profile.ringing, warm_up=WARM_UP))


def cases(*, quick: bool) -> list[Case]:
    """The grid."""
    seeds, callers = ((1, 2), 20_000) if quick else ((1, 2, 3, 4, 5), 60_000)
    grid = [(20, 0.95), (20, 1.10), (100, 0.85), (100, 0.95), (100, 1.10)]
    found = [
        Case(policy, n, load, seed, callers)
        for n, load in grid
        for policy in COMPARED
        for seed in seeds
    ]
    found += [
        Case(policy, n, load, seed, callers)
        for n, load in whole_grid(quick=quick)
        for policy in R9
        for seed in seeds
    ]
    found += [
        Case(policy, n, 0.95, seed, callers, "ringing, hard")
        for n in (20, 100)
        for policy in SHARING
        for seed in seeds
    ]
    found += [Case("ours", n, 1.30, seed, callers) for n in (20, 100) for seed in seeds]
    found += [Case("ours", 100, load, s, callers, "hard") for load in (0.95, 1.10) for s in seeds]
    found += [Case("ours", 100, 0.95, seed, callers, "ringing") for seed in seeds]
    if not quick:
        drawn = [name for name in FRONTIER.values() if name not in R9]
        found += [Case(p, n, 0.95, s, callers) for n in (20, 100) for p in drawn for s in seeds]
        found += [Case(p, 500, 0.95, s, 200_000) for p in ("ours", "pooled") for s in (1, 2)]
    return found


def whole_grid(*, quick: bool) -> list[tuple[int, float]]:
    """Counselors and load of R9."""
    sizes, loads = ((20, 100), (0.95, 1.10)) if quick else ((5, 20, 100, 500), (0.75, 0.95, 1.10))
    return [(n, load) for n in sizes for load in loads]


Results = dict[tuple[str, int, float, str], list[Measures]]


def run_all(all_cases: Sequence[Case]) -> Results:
    """On two cores, with progress."""
    by_case: dict[Case, Measures] = {}
    with ProcessPoolExecutor(max_workers=2) as pool:
        running = {pool.submit(run, case): case for case in all_cases}
        for done in track(as_completed(running), total=len(running), description="simulating"):
            by_case[running[done]] = done.result()
    results: Results = {}
    for case in all_cases:
        results.setdefault(case.key, []).append(by_case[case])
    return results
