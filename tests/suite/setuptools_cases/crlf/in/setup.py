from setuptools import setup
setup(extras_require={"t": ["c==1.0.0"]})