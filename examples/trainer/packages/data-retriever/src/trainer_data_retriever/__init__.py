"""Ranked search over text files."""

from trainer_data_retriever.chunks import Chunk, DocumentError, read_directory, split
from trainer_data_retriever.ranking import Hit, Retriever

__all__ = ["Chunk", "DocumentError", "Hit", "Retriever", "read_directory", "split"]
