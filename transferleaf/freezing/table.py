"""The plan as a table for the terminal: one row per stage, one column per phase."""

from __future__ import annotations

from rich.table import Table

from transferleaf.freezing.plan import FreezePlan, Method, Phase, StagePlan


def plan_table(plan: FreezePlan) -> Table:
    """Return a table of what each phase trains and freezes, and of its cost."""
    title, caption = f"{plan.title}: {plan.backbone}, {plan.classes} classes", _caption(plan)
    table = Table(
        title=title,
        caption=caption,
        min_width=max(len(title), len(caption)),
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("stage")
    table.add_column("parameters", justify="right")
    for number, phase in enumerate(plan.phases, start=1):
        table.add_column(f"{number}. {phase.name}")
    for row in zip(*(phase.stages for phase in plan.phases), strict=True):
        cells = [_stage_cell(phase, stage) for phase, stage in zip(plan.phases, row, strict=True)]
        table.add_row(row[0].name, f"{row[0].parameters:,}", *cells)
    table.add_row(
        "head",
        f"{plan.head_parameters:,}",
        *(_head_cell(phase) for phase in plan.phases),
        end_section=True,
    )
    table.add_row("trains", "", *(_share(plan, phase) for phase in plan.phases))
    table.add_row("work", "", *(_work(phase) for phase in plan.phases))
    return table


def _stage_cell(phase: Phase, stage: StagePlan) -> str:
    if not stage.trainable:
        return "[dim]frozen[/dim]"
    note = {"frozen": ", batch norm frozen", "trained": ", batch norm trains", "none": ""}
    return f"[bold]trains[/bold] at {_rate(phase, stage.rate)}{note[stage.batch_norm]}"


def _head_cell(phase: Phase) -> str:
    if phase.method is Method.SOLVE:
        return "[bold]solved[/bold] to convergence"
    return f"[bold]trains[/bold] at {_rate(phase, phase.head_rate)}"


def _rate(phase: Phase, multiple: float) -> str:
    if phase.learning_rate is None:
        return f"{multiple:.3g} x your learning rate"
    return f"{phase.learning_rate * multiple:.2g}"


def _share(plan: FreezePlan, phase: Phase) -> str:
    trained = plan.trainable_parameters(phase)
    return f"{trained:,} of {plan.parameters:,} ({trained / plan.parameters:.1%})"


def _work(phase: Phase) -> str:
    if phase.method is Method.SOLVE:
        return "1 pass over the photos"
    unit = "epoch" if phase.epochs == 1 else "epochs"
    passes = f"about {phase.passes:.1f}" if phase.passes >= 0.05 else "under 0.1"
    small = ""
    if phase.initial_epochs:
        small = f" ({phase.initial_epochs} at {phase.initial_image_size} px)"
    return f"{phase.epochs} {unit}{small} of {passes} passes"


def _caption(plan: FreezePlan) -> str:
    everything = len(plan.head_stages) == len(plan.phases[0].stages)
    seen = "every stage" if everything else ", ".join(plan.head_stages)
    pooled = ", ".join(plan.second_order_stages)
    covariances = f"; covariances of {pooled}" if pooled else ""
    region = ", over the leaf" if plan.head_region == "leaf" else ""
    return f"Head features: averages of {seen}{covariances}{region}. A pass runs the backbone once."
