"""The versions of the libraries that results depend on.

Read once, when first imported: two threads that ask :mod:`importlib.metadata` at once can be told that an installed
package is missing, as a class of thirty on one page found out.
"""

from importlib import metadata

VERSIONS = {
    name: metadata.version(name)
    for name in ("torch", "streamlit", "numpy", "scipy", "scikit-learn", "umap-learn", "plotly")
}
