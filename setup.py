"""What pyproject.toml cannot say: the files that a clone has beside ``app`` lie below it in a wheel, in the same order.

``app/paths.py`` is the other half of this.
"""

from setuptools import find_packages, setup

setup(
    script_name=__file__,  # so that this file itself stays out of app/shipped
    packages=[*find_packages(include=["app", "app.*"]), "app.shipped"],
    package_dir={"app.shipped": "."},
)
