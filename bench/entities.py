"""Tag 500-word articles, compared with a spaCy pipeline of en_core_web_sm's size, on one core.

    make bench NAME=entities ARGS="--articles 100"

This pipeline runs the whole tag stage: tagger, linker, salience. No spaCy model may be downloaded
here, so its pipelines are blank ones of the same architecture with random weights: they do the
same work for the same text, and find nothing. Speeds are per second of CPU, one thread each.
"""

import argparse
import json
import lzma
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

STREAM = ROOT.parent / "shared" / "evals" / "replay" / "reuters-21578.jsonl.xz"
WORDS = 500
SHOWN_MB = 0.05
AT_LEAST, TIMES = 60, 4
"""Requirements of issue 6: articles per second, and ratio to spaCy's speed."""


def articles(stream: Path, count: int) -> list[str]:
    """Return running text of a news agency, cut into articles of 500 words."""
    found: list[str] = []
    words: list[str] = []
    with lzma.open(stream, "rt", encoding="utf-8") as lines:
        for line in lines:
            words += json.loads(line)["text"].split(" ")
            while len(words) >= WORDS and len(found) < count:
                found.append(" ".join(words[:WORDS]))
                words = words[WORDS:]
            if len(found) == count:
                break
    return found


def speed(texts: list[str], run: Callable[[str], object]) -> float:
    """Return articles per second of CPU, after a few to warm up."""
    for text in texts[:5]:
        run(text)
    start = time.process_time()
    for text in texts:
        run(text)
    return len(texts) / (time.process_time() - start)


def memory() -> int:
    """Return the peak memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def ours(texts: list[str]) -> dict[str, float]:
    """Tag with the stage as shipped."""
    from streams.processors.names_model import installed_tagger  # noqa: PLC0415
    from streams.records.unique import UniqueArticle  # noqa: PLC0415
    from streams.tag.article import tag_article  # noqa: PLC0415
    from tests.support.builders import unique_article  # noqa: PLC0415

    before, start = memory(), time.process_time()
    tagger = installed_tagger()
    loaded = time.process_time() - start
    made: dict[str, UniqueArticle] = {text: unique_article(title="", text=text) for text in texts}
    rate = speed(texts, lambda text: tag_article(made[text], tagger))
    return {"articles a second": rate, "load seconds": loaded, "MB more": memory() - before}


def pipeline(*pipes: str) -> Callable[[str], object]:
    """Return a blank pipeline with the architecture and sizes of en_core_web_sm 3.8."""
    import spacy  # noqa: PLC0415  # after the number of threads is set
    from spacy.training import Example  # noqa: PLC0415

    nlp = spacy.blank("en")
    embedding = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 96,
        "depth": 4,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
    }
    shared = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    transitions = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
    }
    models = {
        "tok2vec": embedding,
        "tagger": {"@architectures": "spacy.Tagger.v2", "tok2vec": shared},
        "parser": {**transitions, "state_type": "parser", "tok2vec": shared},
        "ner": {**transitions, "state_type": "ner", "tok2vec": embedding},
    }
    for pipe in pipes:
        nlp.add_pipe(pipe, config={"model": models[pipe]})
    nlp.initialize(lambda: list(examples(nlp, Example)))
    return nlp


def examples(nlp: object, kind: object) -> Iterator[object]:
    """Yield sentences with as many labels as OntoNotes has: 50 tags, 45 arcs, 18 types."""
    for number in range(50):
        yield kind.from_dict(  # type: ignore[attr-defined]
            nlp.make_doc("Rome calls today"),  # type: ignore[attr-defined]
            {
                "tags": [f"T{number}", "V", "N"],
                "heads": [1, 1, 1],
                "deps": [f"d{number % 44}", "ROOT", "obj"],
                "entities": [f"U-E{number % 18}", "O", "O"],
            },
        )


def main() -> int:
    """Measure all in one process, and print a table; return 1 if this pipeline is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--stream", type=Path, default=STREAM)
    options = parser.parse_args()
    texts = articles(options.stream, options.articles)
    mine = ours(texts)
    print(f"{len(texts)} articles of {WORDS} words, one core; load {os.getloadavg()[0]:.1f}")
    print(f"ours: {mine['articles a second']:.0f} articles a second (tagged and linked)")
    print(f"      loaded in {mine['load seconds']:.2f} s, {mine['MB more']} MB more memory")
    data = ROOT / "streams" / "tag" / "data"
    sizes = {path.name: path.stat().st_size / 1e6 for path in sorted(data.iterdir())}
    print(f"      data {sum(sizes.values()):.1f} MB packed: ", end="")
    print(", ".join(f"{name} {size:.1f}" for name, size in sizes.items() if size > SHOWN_MB))
    try:
        import spacy  # noqa: PLC0415
    except ImportError:
        print("spaCy is not installed here: pip install 'spacy>=3.8,<3.9' (group bench)")
        return int(mine["articles a second"] < AT_LEAST)
    few = texts[: max(20, len(texts) // 4)]
    rates = {
        "tok2vec tagger parser ner": speed(few, pipeline("tok2vec", "tagger", "parser", "ner")),
        "ner alone": speed(few, pipeline("ner")),
    }
    for pipes, rate in rates.items():
        times = mine["articles a second"] / rate
        print(f"spaCy {spacy.__version__}, {pipes}: {rate:.1f} a second; ours {times:.1f} times")
    enough = mine["articles a second"] >= AT_LEAST
    return int(not enough or mine["articles a second"] < TIMES * min(rates.values()))


if __name__ == "__main__":
    raise SystemExit(main())
