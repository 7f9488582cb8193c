"""How documents become chunks."""

import pytest

from trainer_data_retriever import Chunk, DocumentError, read_directory, split


def test_a_chunk_is_a_paragraph_with_its_first_line():
    text = "\n\nfirst\nparagraph\n \nsecond\n"
    assert split(text, "a.txt") == [Chunk("first\nparagraph", "a.txt", 3), Chunk("second", "a.txt", 6)]


def test_the_last_paragraph_needs_no_line_end():
    assert split("one\n\ntwo", "a.txt")[-1].place == "a.txt:3"


def test_a_long_paragraph_is_cut_and_keeps_its_line_numbers():
    chunks = split("0\n1\n2\n3\n4", "a.txt", max_lines=2)
    assert [(chunk.text, chunk.line) for chunk in chunks] == [("0\n1", 1), ("2\n3", 3), ("4", 5)]


def test_an_empty_text_has_no_chunks():
    assert split(" \n\n", "a.txt") == []


def test_a_folder_is_read_in_order_of_path_without_hidden_files(tmp_path):
    for name in ["b.txt", "sub/a.md", "sub/.hidden.txt", ".git/c.txt", "a.txt", "d.bin"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, encoding="utf-8")
    assert [chunk.source for chunk in read_directory(tmp_path)] == ["a.txt", "b.txt", "sub/a.md"]


def test_a_byte_order_mark_and_foreign_line_ends_do_not_matter(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\n\r\ntwo\r\n")
    assert read_directory(tmp_path) == [Chunk("one", "a.txt", 1), Chunk("two", "a.txt", 3)]


def test_all_unreadable_files_are_named(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    (tmp_path / "b.txt").write_bytes(b"\xff")
    with pytest.raises(DocumentError) as caught:
        read_directory(tmp_path)
    assert "a.txt: not UTF-8 at byte 3" in str(caught.value)
    assert "b.txt: not UTF-8 at byte 0" in str(caught.value)


def test_a_folder_without_documents_is_an_error(tmp_path):
    with pytest.raises(DocumentError, match="holds no document"):
        read_directory(tmp_path)
    with pytest.raises(DocumentError, match="is no folder"):
        read_directory(tmp_path / "nowhere")
