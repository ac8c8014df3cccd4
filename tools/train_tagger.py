"""Train the tagger of names on openly licensed corpora.

    python tools/train_tagger.py ../shared/corpora [--share-alike] [--without FILE …]

The argument is the folder of corpora; tools/corpora.toml lists the parts of its ner folder that may
be used. The model of the wheel is trained on text under permissive licenses only, the one of
packages/news-streams-models-sharealike (--share-alike) on share-alike text too. Because permissive
text has few names, its sentences are repeated with other names (tools/other_names.py). The
knowledge base and the word table must be built before. Writes names.crf.xz and names.json, the
manifest, into the package. Deterministic: the same inputs give the same model.
"""

import argparse
import hashlib
import importlib.metadata
import json
import lzma
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from random import Random

import pycrfsuite

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from corpora import checked_text, joint_license, may_train, read_parts  # noqa: E402
from other_names import OtherNames, with_other_names  # noqa: E402

from streams.evaluate.conll import read_conll, tagged_spans  # noqa: E402
from streams.tag.article import load_tagger  # noqa: E402
from streams.tag.recognize.features import gazetteer_marks, sentence_features  # noqa: E402
from streams.tag.recognize.tokens import Token, tokens  # noqa: E402

OUT = ROOT / "streams" / "tag" / "data"
SHARE_ALIKE_OUT = (
    ROOT / "packages/news-streams-models-sharealike/news_streams_models_sharealike/data"
)
KINDS = {"PER": "PER", "ORG": "ORG", "LOC": "LOC", "GPE": "LOC", "FAC": "LOC"}


def sentence_of(
    words: list[str], tags: list[str], peoples: frozenset[str]
) -> tuple[str, list[Token], list[str]]:
    """Return a corpus sentence as text, with this project's tokens and a label for each.

    A nationality by itself is not a place here, although some corpora label it so; in a longer
    name (American Civil Liberties Union) it keeps its label.
    """
    text = " ".join(words)
    found: list[Token] = []
    labels: list[str] = []
    at = 0
    for index, (word, tag) in enumerate(zip(words, tags, strict=True)):
        kind = KINDS.get(tag[2:], "")
        following = tags[index + 1] if index + 1 < len(tags) else "O"
        if word in peoples and tag[:1] == "B" and following != f"I-{tag[2:]}":
            kind = ""
        for number, part in enumerate(tokens(word)):
            found.append(Token(part.text, at + part.start, at + part.end))
            begins = tag[0] == "B" and number == 0
            labels.append(f"{'B' if begins else 'I'}-{kind}" if kind else "O")
        at += len(word) + 1
    return text, found, labels


def main() -> None:
    """Train the model, write it, and print its manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--share-alike", action="store_true")
    parser.add_argument("--without", nargs="*", default=[], help="files to leave out, to evaluate")
    parser.add_argument("--iterations", type=int, default=15)
    parser.add_argument("--out", type=Path, help="folder to write to instead of the package")
    options = parser.parse_args()
    start = time.process_time()
    parts = [
        part
        for part in read_parts()
        if may_train(part, share_alike=options.share_alike) and part.file not in options.without
    ]
    tagger = load_tagger(trained=False)
    peoples = frozenset(tagger.peoples)
    trainer = pycrfsuite.Trainer(algorithm="ap", verbose=False)
    trainer.set_params({"max_iterations": options.iterations, "feature.minfreq": 0})
    names, random = OtherNames.of(tagger), Random(0)  # noqa: S311  # the same names each time
    counts: dict[str, int] = {}
    for part in parts:
        sentences = read_conll(checked_text(part, options.corpora / "ner"))
        own = list(islice(sentences, *part.sentences))
        repeated = [] if options.share_alike else [each for each in own if tagged_spans(each[1])]
        other = [
            with_other_names(*each, names, random) for _ in range(part.copies) for each in repeated
        ]
        counts[part.content] = 0
        for number, (words, tags) in enumerate([*own, *other]):
            text, sentence, labels = sentence_of(words, tags, peoples)
            marks = gazetteer_marks(sentence, tagger.gazetteer.spans(text, hints=True))
            trainer.append(sentence_features(sentence, marks, tagger.words), labels)
            counts[part.content] += len(sentence) if number < len(own) else 0
    with tempfile.TemporaryDirectory() as scratch:
        trainer.train(f"{scratch}/model")
        model = Path(f"{scratch}/model").read_bytes()
    packed = lzma.compress(model, preset=9 | lzma.PRESET_EXTREME)
    out = options.out or (SHARE_ALIKE_OUT if options.share_alike else OUT)
    (out / "names.crf.xz").write_bytes(packed)
    manifest = {
        "license": "CC-BY-SA-4.0" if options.share_alike else joint_license(parts),
        "parts": [
            {
                "content": part.content,
                "source": part.source,
                "license": part.license,
                "tokens": counts[part.content],
                "file": part.file,
                "sha256": part.sha256,
                "sentences": part.sentences,
            }
            for part in parts
        ],
        "knowledge": hashlib.sha256((OUT / "knowledge.txt.xz").read_bytes()).hexdigest(),
        "words": hashlib.sha256((OUT / "words.txt.xz").read_bytes()).hexdigest(),
        "python-crfsuite": importlib.metadata.version("python-crfsuite"),
        "algorithm": f"averaged perceptron, {options.iterations} iterations",
        "bytes": len(packed),
        "model": hashlib.sha256(packed).hexdigest(),
    }
    (out / "names.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(manifest, indent=2), len(model), f"{time.process_time() - start:.0f} s CPU")


if __name__ == "__main__":
    main()
