# -*- coding: utf-8 -*-
"""Ü 1.0.0"""
import os

from setuptools import find_packages, setup

VERSION = "2.0.0rc1"
TESTS = ["pytest", 'c==2.0.0rc1']
requires = [
    "a==2.0.0rc1",  # Ü
    'b>=2.0.0rc1,<3; python_version < "3.13"',
    "other" "==1.0.0",
    "c==2.0.0rc1",
]
if os.name == "nt":
    requires.append("colorama")

setup(
    name="x",
    version=VERSION,
    description="version 1.0.0",
    packages=find_packages(),
    python_requires=">=3.11",
    install_requires=requires + ['a~=2.0.0rc1', *TESTS],
    keywords="Ü", setup_requires=("a==2.0.0rc1",),
    extras_require={
        "test": TESTS,
        "all": TESTS,
        ":os_name == 'nt'": ["b==2.0.0rc1"],
        "read": open("requirements.txt").read().splitlines(),
    },
)
