"""The catalog, versions.yaml: read with every complaint at its place, edited without moving another byte."""
