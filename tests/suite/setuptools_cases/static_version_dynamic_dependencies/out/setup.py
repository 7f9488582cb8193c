import setuptools
setuptools.setup(version="0.1", install_requires=["a==2.0.0rc1"], extras_require={"t": ["b==1.0.0"]})
