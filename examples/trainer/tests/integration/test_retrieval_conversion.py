"""Retrieval meets conversion: hits become records, and records become documents."""

from dataclasses import asdict

import pytest

from trainer_data_retriever import Chunk, Retriever, read_directory
from trainer_format_converter import FORMATS, convert, dumps, loads, read, write


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "kiln.txt").write_text(
        'The kiln, "old red",\nis lit on Fridays.\n\nAsk Ada.\n', encoding="utf-8"
    )
    (folder / "saw.md").write_text("The saw is sharpened on Mondays.\n", encoding="utf-8")
    return folder


def as_records(hits):
    return [{"place": hit.chunk.place, "text": hit.chunk.text} for hit in hits]


@pytest.mark.parametrize("format", FORMATS)
def test_hits_survive_every_format(documents, format):
    records = as_records(Retriever.from_directory(documents).search("kiln saw"))
    assert len(records) == 2
    assert loads(dumps(records, format), format) == records


def test_an_index_can_be_kept_in_a_file_and_finds_the_same(documents, tmp_path):
    chunks = read_directory(documents)
    write(tmp_path / "index.jsonl", [asdict(chunk) for chunk in chunks])
    loaded = [Chunk(**record) for record in read(tmp_path / "index.jsonl")]
    assert Retriever(loaded).search("kiln") == Retriever(chunks).search("kiln")


def test_the_same_documents_give_the_same_bytes(documents):
    texts = {dumps(as_records(Retriever.from_directory(documents).search("on")), "csv") for _ in range(5)}
    assert len(texts) == 1


def test_a_converted_table_can_be_searched(tmp_path):
    table = 'tool,note\nkiln,"lit on Fridays"\nsaw,"sharpened on Mondays"\n'
    (tmp_path / "table.txt").write_text(convert(table, "csv", "jsonl"), encoding="utf-8")
    hits = Retriever.from_directory(tmp_path, max_lines=1).search("saw")
    assert [hit.chunk.line for hit in hits] == [2]
    assert loads(hits[0].chunk.text, "jsonl") == [{"tool": "saw", "note": "sharpened on Mondays"}]
