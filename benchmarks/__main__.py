"""``python -m benchmarks`` (``make bench``): run every benchmark, one after the other."""

import pkgutil
import subprocess
import sys
from pathlib import Path

SHORTER = {"booth": ["1"]}  # one minute of the soak; on its own it takes ten

if __name__ == "__main__":
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name != "__main__"]
    sys.exit(
        max(
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *SHORTER.get(name, [])], check=False).returncode
            for name in names
        )
    )
