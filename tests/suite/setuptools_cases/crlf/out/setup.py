from setuptools import setup
setup(extras_require={"t": ["c==2.0.0rc1"]})