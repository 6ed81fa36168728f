# SPDX-License-Identifier: Apache-2.0
# Sourced after lib.sh by the tests of the example airflow-uid.
# shellcheck shell=bash

# make_wheel DIRECTORY: leaves a wheel of the module `greeting` there, by the Python of the image airflow-uid. A wheel is an
# archive of a module and of three files about it.
make_wheel() {
    docker run --rm --network none -i -v "$1:/wheels" --entrypoint python3 airflow-uid - <<'END'
import zipfile
files = {
    "greeting.py": '"""hello"""\n',
    "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
    "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: by-hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
record = "greeting-1.0.dist-info/RECORD"
files[record] = "".join(f"{name},,\n" for name in [*files, record])
with zipfile.ZipFile("/wheels/greeting-1.0-py3-none-any.whl", "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
END
}
