"""How chunks are ranked."""

import pytest

from trainer_data_retriever import Chunk, Retriever


def retriever(*texts):
    return Retriever(Chunk(text, "a.txt", line) for line, text in enumerate(texts, start=1))


def lines(hits):
    return [hit.chunk.line for hit in hits]


def test_the_chunk_with_the_rare_word_comes_first():
    found = retriever("the cat and the dog", "the lathe", "the saw and the cat").search("the lathe")
    assert lines(found)[0] == 2


def test_a_shorter_chunk_beats_a_longer_one_with_the_same_word():
    found = retriever("tea with a great many other words around it", "green tea", "coffee").search("tea")
    assert lines(found) == [2, 1]


def test_a_word_that_is_said_often_counts_more():
    found = retriever("tea milk cup pot", "tea tea cup pot", "coffee").search("tea")
    assert lines(found) == [2, 1]


def test_equal_scores_are_ordered_by_source_and_line():
    chunks = [Chunk("tea", "b.txt", 1), Chunk("tea", "a.txt", 9), Chunk("tea", "a.txt", 2)]
    found = Retriever(chunks).search("tea")
    assert [hit.chunk.place for hit in found] == ["a.txt:2", "a.txt:9", "b.txt:1"]
    assert len({hit.score for hit in found}) == 1


def test_chunks_that_share_no_word_are_no_hits():
    assert retriever("green tea", "black coffee").search("lathe") == []
    assert Retriever([]).search("tea") == []


def test_upper_case_and_punctuation_do_not_matter():
    assert lines(retriever("Green TEA!", "coffee").search("tea?")) == [1]


def test_the_limit_holds_and_must_be_positive():
    searched = retriever("tea", "tea", "tea")
    assert lines(searched.search("tea", limit=2)) == [1, 2]
    with pytest.raises(ValueError, match="at least 1"):
        searched.search("tea", limit=0)


def test_a_folder_can_be_searched(tmp_path):
    (tmp_path / "tools.txt").write_text("The saw.\n\nThe lathe needs two people.\n", encoding="utf-8")
    searched = Retriever.from_directory(tmp_path)
    assert len(searched) == 2
    assert searched.search("lathe")[0].chunk.place == "tools.txt:3"
