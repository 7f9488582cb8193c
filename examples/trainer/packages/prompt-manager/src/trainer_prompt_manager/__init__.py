"""Prompt templates with checked variables, and a store of named ones."""

from trainer_prompt_manager.store import PromptFileError, PromptStore, UnknownPromptError
from trainer_prompt_manager.templates import Template, TemplateSyntaxError, VariableError

__all__ = [
    "PromptFileError",
    "PromptStore",
    "Template",
    "TemplateSyntaxError",
    "UnknownPromptError",
    "VariableError",
]
