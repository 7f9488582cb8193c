import setuptools
setuptools.setup(version="0.1", install_requires=["a==1.0.0"], extras_require={"t": ["b==1.0.0"]})
