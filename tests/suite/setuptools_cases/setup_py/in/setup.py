# -*- coding: utf-8 -*-
"""Ü 1.0.0"""
import os

from setuptools import find_packages, setup

VERSION = "1.0.0"
TESTS = ["pytest", 'c==1.0.0']
requires = [
    "a==1.0.0",  # Ü
    'b>=1.0.0,<2; python_version < "3.13"',
    "other" "==1.0.0",
    "c" "==1.0.0",
]
if os.name == "nt":
    requires.append("colorama")

setup(
    name="x",
    version=VERSION,
    description="version 1.0.0",
    packages=find_packages(),
    python_requires=">=3.11",
    install_requires=requires + ['a~=1.0.0', *TESTS],
    keywords="Ü", setup_requires=("a==1.0.0",),
    extras_require={
        "test": TESTS,
        "all": TESTS,
        ":os_name == 'nt'": ["b==1.0.0"],
        "read": open("requirements.txt").read().splitlines(),
    },
)
