"""What the page shows of trained networks: their features at any temperature, over epochs, and trained at five."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.lab import choices
from app.lab.evidence import pretrained
from app.lab.experiment import DEFAULT_PRESET, PRESETS, Experiment
from app.lab.stories import probe_snnl
from app.lab.stories.events import DEFENCES, WATERMARKED, Defence, Distances
from app.lab.stories.probe_snnl import Landscape
from app.lab.task import networks
from app.runs.job import Job
from app.ui import frame, links, live, runtime, settings
from app.ui.history import History
from app.ui.temperature import charts, real
from app.ui.temperature import findings as words

Looks = Mapping[Defence, Mapping[float, Distances]]  # into one layer of each victim, by epoch

VIEW = "view"  # the key of the control that chooses what the page shows, and its name in the URL
VIEWS = {"toy": "Toy", "real": "Real features", "trained": "Trained at T"}
_SETTINGS = ("temperature", "kappa", "layers", "metric", "trigger", "target", "watermark_epochs", "seed")


def chosen() -> str:
    """Offer the views; return the chosen one."""
    return _segments("Show", VIEW, VIEWS)


def _segments(label: str, key: str, options: dict[str, str], usual: str | None = None, help: str | None = None) -> str:
    """Offer a few choices of this view, in the URL; return the chosen one."""
    chosen: str = st.segmented_control(
        label,
        list(options),
        default=usual or next(iter(options)),
        required=True,
        wrap=True,
        format_func=options.__getitem__,
        key=key,
        bind=links.one_of(key, options.values(), options[usual or next(iter(options))]),
        help=help,
    )
    return chosen


def real_features(picture: DeltaGenerator, beside: DeltaGenerator) -> None:
    """The SNNL of the victims' features against the temperature, and what is near one input; below, over the epochs.

    It is of the visitor's run or, where nobody has run it, of the recorded one.
    """
    asked = settings.owners(settings.chosen("temperature"))
    job = live.find(asked, models=True)
    experiment = job.experiment
    epochs = experiment.task_epochs + experiment.watermark_epochs
    with beside:
        layer = _layer(experiment)
        with st.popover("Compare otherwise", icon=":material/compare_arrows:"):  # what few need
            epoch = st.slider("Epoch", 0, epochs, epochs, key="epoch", bind=links.between("epoch", 0, epochs, epochs))
            metric = _metric(experiment)
            among = _segments(
                "Triggers against",
                "among",
                {among: real.others(experiment, among) for among in ("target", "all")},
                help="EWE compares triggers with real inputs of the target class only.",
            )
    with beside, live.controls(asked, job, *_SETTINGS):
        pass

    def drawn(run: Job, history: History) -> None:
        shown = layer if layer in history.layers else (history.layers or [""])[-1]
        looks = {defence: history.distances_of(defence, shown, experiment.task_epochs) for defence in DEFENCES}
        with picture:
            if all(looks.values()):
                assert history.probe is not None
                then = {defence: own[max(seen for seen in own if seen <= epoch)] for defence, own in looks.items()}
                real.draw(experiment, history.probe, then, _span(history, metric), metric, among)
            elif run.status == "done":
                st.info("This run was recorded without the distances of its features. Run it live.")
            else:
                st.empty()  # the place is taken: a fragment may fill only what it has written to before
        if history.finished is None:
            return
        frame.provenance(run, history.finished.seconds)
        came_to = words.came_to(history.thefts, history.claims, experiment.temperature)
        if not all(looks.values()):
            frame.explain(came_to)
            return
        frame.explain(*_at_both_ends(experiment, history, then, metric, among), came_to)
        below = st.expander(
            "Over the epochs: from when on is the entangled victim more mixed?",
            expanded="form" in st.query_params,
            key="over_epochs",
            on_change="rerun",
        )
        if below.open:  # it takes half a second, for each layer
            with below:
                _over_epochs(experiment, history, looks, metric)

    live.island(job, drawn, beside)


def _at_both_ends(
    experiment: Experiment, history: History, then: Mapping[Defence, Distances], metric: str, among: str
) -> Sequence[str]:
    """Say what the SNNL of each victim is at the T of the training, and at both ends; nothing of other distances."""
    if metric != experiment.metric:
        return []
    assert history.probe is not None
    trained, clean = experiment.temperature, then["clean"]
    losses = {
        defence: float(probe_snnl.snnl(look, history.probe, [trained], metric, among)[0])
        for defence, look in then.items()
    }
    even, others = probe_snnl.neutral(history.probe, among), real.others(experiment, among)
    return [words.of_networks(losses, even, trained, f"{clean.layer}, epoch {clean.epoch:g}", others)]


def _over_epochs(experiment: Experiment, history: History, looks: Looks, metric: str) -> None:
    """Draw where, over temperatures and epochs, the entangled victim is above the naive one."""
    layer = next(iter(looks["clean"].values())).layer
    form = _segments("Picture", "form", {"flat": "heatmap", "space": "3-D"})
    found = _landscape(f"{experiment.key} {layer} {metric}", metric, history, looks)
    trained = experiment.temperature if metric == experiment.metric else None
    said = words.ridge(found, trained)
    if form == "space":
        frame.figure(said, charts.landscape_in_space(found), "landscape_in_space")
    else:
        frame.figure(said, charts.landscape(found, trained), "landscape")
    st.markdown(words.landscape(found))


@st.cache_data(max_entries=32, show_spinner=False)
def _landscape(key: str, metric: str, _history: History, _looks: Looks) -> Landscape:
    """Return the landscape of a run that has ended, computed once; ``key`` says of which run and layer."""
    assert _history.probe is not None
    naive, entangled = (_looks[defence] for defence in WATERMARKED)
    return probe_snnl.landscape(entangled, naive, _history.probe, _span(_history, metric), metric)


def _span(history: History, metric: str) -> tuple[float, float]:
    last = {(look.defence, look.layer): look for look in history.distances}
    return probe_snnl.temperatures(last.values(), metric)


def trained_at(picture: DeltaGenerator, beside: DeltaGenerator) -> None:
    """What recorded heists at five temperatures came to, side by side; any of them runs live on request."""
    usual, wanted = PRESETS[DEFAULT_PRESET], settings.chosen("temperature").temperature
    probe = live.recorded_victims(usual).probe
    tried = [found for found in map(_tried, pretrained.at_temperatures(usual)) if found is not None]
    with beside:
        first = wanted if wanted in pretrained.TEMPERATURES else usual.temperature
        temperature = float(
            _segments("Temperature", "trained_at", {f"{t:g}": f"{t:g}" for t in pretrained.TEMPERATURES}, f"{first:g}")
        )
        with st.popover("Other maps", icon=":material/scatter_plot:"):
            seed = int(
                _segments("Maps of the seed", "map_seed", {f"{s}": f"{s}" for s in pretrained.TEMPERATURE_SEEDS})
            )
            asked = _segments("Maps of the victim", "map_of", {defence: defence for defence in reversed(WATERMARKED)})
        st.button(
            f"Run it live at T = {temperature:g}",
            icon=":material/play_arrow:",
            key="run_at",
            on_click=_run_at,
            args=(replace(usual, temperature=temperature, seed=seed),),
        )

    def pick(picked: float) -> None:
        st.session_state["trained_at"] = f"{picked:g}"

    with picture:
        if probe is None or len(tried) < len(pretrained.at_temperatures(usual)):
            st.info("The runs at several temperatures are not on record here: python -m app pretrain makes them.")
            return
        of = {t: [each for each in tried if each.temperature == t] for t in pretrained.TEMPERATURES}
        survival = {t: [each.thefts["entangled"].stolen_watermark for each in own] for t, own in of.items()}
        convicted = {t: sum(each.claims["entangled"].owned for each in own) for t, own in of.items()}
        figure = charts.trained_at(
            tried,
            (seed, next(defence for defence in WATERMARKED if defence == asked)),
            probe.labels,
            probe.is_trigger,
            probe.target,
            choices.class_names(usual.dataset),
            temperature,
        )
        source = f"{settings.wording(usual.dataset)}, seeds {', '.join(map(str, pretrained.TEMPERATURE_SEEDS))}"
        frame.figure(words.trained_at(survival), figure, "trained_at", source=source, on_pick=pick)
    targets = choices.several_of_class(usual.dataset, usual.target)
    st.caption(
        f"Recorded when the app was built, from {settings.wording(usual.dataset)}: {len(tried)} heists, seeds "
        f"{' and '.join(map(str, pretrained.TEMPERATURE_SEEDS))}, all else as in the preset. Above, the last maps "
        f"by UMAP: triggers, {targets} and other classes. "
        f"Below, filled marks: convicted; hollow: not. {words.convicted(convicted, len(pretrained.TEMPERATURE_SEEDS))} "
        "Two seeds show a direction, no more."
    )
    layers = networks.chosen_layers(choices.layer_names(usual.network), usual.layers)
    own = [each for each in tried if each.seed == seed]
    chosen = next(each for each in own if each.temperature == temperature)
    neutral = probe_snnl.neutral(probe, "target")
    frame.explain(
        words.came_to(chosen.thefts, chosen.claims, temperature),
        words.too_cold(own[0].temperature, own[0].snnl["entangled"], layers, neutral),
        words.too_hot(own[-1].temperature, own[-1].snnl["naive"], layers, neutral),
    )


def _tried(experiment: Experiment) -> charts.Tried | None:
    job = runtime.pool().recorded(experiment, "at_temperature")
    if job is None or job.status != "done":
        return None
    history = History.of(job.events)
    layer = choices.telling_layer(experiment.network)
    maps = {defence: history.maps("victim", layer, "umap")[defence][-1] for defence in WATERMARKED}
    snnl = {defence: event.snnl for defence, event in history.last("victim").items()}
    return charts.Tried(experiment.temperature, experiment.seed, history.thefts, history.claims, maps, snnl)


def _run_at(experiment: Experiment) -> None:
    settings.choose(experiment)
    live.launch(experiment)
    st.session_state[VIEW] = "real"


def _metric(experiment: Experiment) -> str:
    return _segments("Distance", "distance", real.METRICS, experiment.metric)


def _layer(experiment: Experiment) -> str:
    layers = settings.layers(experiment)
    return _segments("Layer", "layer", {layer: layer for layer in layers}, choices.telling_layer(experiment.network))
